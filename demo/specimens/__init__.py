"""Specimens of identity documents and simulated photographs of them, for the demonstration and the tests.

Every person, authority, region and number is invented, every card says on its face that it is a specimen, and
emblems and patterns copy no country's. What resembles the real documents is where things stand, because that
is what a reader has to find.
"""
