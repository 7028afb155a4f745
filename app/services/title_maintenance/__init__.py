"""称号动态管理 on its tables: yearly updates, changes, re-verifications, and cases against titles."""
