"""How 运行监测 works on its tables."""
