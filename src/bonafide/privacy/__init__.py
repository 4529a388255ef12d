"""Purposes, consent, retention clocks, erasure."""
