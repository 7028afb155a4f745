"""How 延期申请 works on its tables; casework.py says which file answers for which step."""
