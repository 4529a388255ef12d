"""How fast a face check, a reading and the keeping of a record are, beside what they cannot do without."""
