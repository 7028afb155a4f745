"""How 高成长企业遴选 works on its tables; casework.py says which file answers for which step."""
