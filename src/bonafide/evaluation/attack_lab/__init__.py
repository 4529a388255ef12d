"""The attack laboratory: whole sessions simulated from a portrait, bona fide and attacks, through the real
code.

Everything here is a simulation. Where a number describes the world (a lamp, a camera, a reaction), the
comment beside it says where it comes from or that it is a guess.
"""
