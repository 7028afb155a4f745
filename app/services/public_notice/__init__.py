"""How 公示 works inside the instance of whoever calls it; part.py says how a duty takes it over."""
