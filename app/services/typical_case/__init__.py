"""How 典型案例 works on its tables; casework.py says which file answers for which step."""
