"""How 诉求响应 works on its tables; casework.py says which file answers for which step."""
