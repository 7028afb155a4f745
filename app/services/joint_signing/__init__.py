"""会签 on its tables: others sign with a user task, in an instance of their own beside it."""
