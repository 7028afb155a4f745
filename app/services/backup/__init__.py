"""Backup and restore: one portable archive, made while the house runs, that goes into either database."""
