"""Measured ratios: what our promises cost over the cheapest thing that could be done instead, in one run."""
