"""The command line: parses, calls, prints. No rule of the business lives here."""

from bonafide.cli.root import main

__all__ = ["main"]
