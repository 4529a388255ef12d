"""The HTTP API: parses, calls, answers. No rule of the business lives here."""
