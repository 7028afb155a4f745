"""How 政策推送 works on its tables: rounds, the match with enterprises, packages; casework.py names who does what."""
