"""How 千企升级入库培育 works on its tables; casework.py says which file answers for which step."""
