"""How 异议核查 works on its tables; casework.py says which file answers for which step."""
