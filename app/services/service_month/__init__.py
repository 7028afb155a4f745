"""How 专精特新企业服务月 works on its tables; casework.py says which file answers for which step."""
