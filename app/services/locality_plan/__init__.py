"""How 属地工作方案 works on its tables."""
