"""How 督办单办理 works on its tables; casework.py says which file answers for which step."""
