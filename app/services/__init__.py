"""Doing: a verb, a function, a transaction."""
