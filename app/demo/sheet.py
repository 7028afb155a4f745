"""A form as its clerk in the demonstration finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

Answers = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A form as its clerk finds it. known: what is filled in already; wish: what the script wants of this one.

    form: its schema. process: key of the definition, where one element id stands in two of them.
    """

    element_id: str
    fields: frozenset[str]
    known: Mapping[str, Any]
    facts: Mapping[str, Any]
    wish: Mapping[str, Any]
    today: date
    random: Random
    form: Mapping[str, Any] = field(default_factory=dict)
    process: str = ""
