"""How 年度反馈 works on its tables; casework.py says which file answers for which step."""
