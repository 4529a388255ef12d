"""Use-cases: the only place where rooms are wired together."""
