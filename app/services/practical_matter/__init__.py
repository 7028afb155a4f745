"""How 办实事清单 works on its tables; casework.py says which file answers for which step."""
