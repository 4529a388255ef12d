"""Pages for the operator's people: thin, no rule of the business lives here."""
