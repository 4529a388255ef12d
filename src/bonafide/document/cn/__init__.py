"""Chinese identity cards: layout, numbers, fields, checks."""
