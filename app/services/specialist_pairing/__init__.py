"""How 服务专员结对 works on its tables; casework.py says which file answers for which step."""
