"""Reading: each function says in its name what it returns. Nothing here writes."""
