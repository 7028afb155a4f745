"""How 企业认定 works on its tables; casework.py says which file answers for which step."""
