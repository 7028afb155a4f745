"""How much a form asks for, counted from its schema, so that a form that grows is seen where it is felt."""

from __future__ import annotations

from functools import cache

from app.duties.registry import DUTIES
from app.services.form_rules import Schema, is_table, read_form


@cache
def asked_fields(duty: str, element_id: str) -> int:
    """How many fields the form of a user task asks for; a table's columns once, however many rows it has."""
    form = DUTIES[duty].forms.get(element_id) if duty in DUTIES else None
    return _writable(read_form(form)) if form else 0


def _writable(schema: Schema) -> int:
    fields = [field for field in schema["properties"].values() if not field.get("readOnly")]
    return sum(_writable(field["items"]) if is_table(field) else 1 for field in fields)
