"""会商 on its tables: one consultation, its callers, and the decision that binds them."""
