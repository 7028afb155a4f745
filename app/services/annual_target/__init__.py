"""How 年度目标设定 works on its tables; casework.py says which file answers for which step."""
