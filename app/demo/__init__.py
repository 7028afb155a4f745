"""A demonstration: people, and what they did from the plan's first day on, simulated through the real commands."""
