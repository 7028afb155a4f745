"""The clock's door: what happens without anybody asking for it."""
