"""What a clerk does with a form that came back: she fills in the very fields that were named, and sends it again.

So a duty whose checks ask for more than its schema says is met without anybody writing its answers specially.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo import plausible
from app.demo.sheet import Answers

Schema = Mapping[str, Any]
LATER = timedelta(days=7)  # a day that was refused is set so much later, unless the refusal names one
NAMED_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True)
class Mender:
    """attach: stores a file for a field and gives its id."""

    form: Schema
    today: date
    random: Random
    attach: Callable[[str], str]

    def mend(self, answers: Answers, errors: Iterable[Mapping[str, str]]) -> Answers:
        """The answers with each field that an error names written anew."""
        mended = deepcopy(answers)
        for error in errors:
            self._write(self.form, mended, error["field"].split("."), error["text"])
        return mended

    def _write(self, schema: Schema, answers: Any, path: list[str], text: str) -> None:
        """Down the path to its last name; a path that leads nowhere is left."""
        name, *rest = path
        field = schema.get("properties", {}).get(name)
        if field is None:
            return
        if rest and rest[0].isdecimal():
            rows = answers.get(name) or []
            if int(rest[0]) < len(rows) and rest[1:]:
                self._write(field["items"], rows[int(rest[0])], rest[1:], text)
        else:
            answers[name] = self._anew(name, field, answers.get(name), text)

    def _anew(self, name: str, field: Schema, value: Any, text: str) -> Any:
        if field.get("x-widget") == "files":
            return [self.attach(name)]
        if field.get("type") == "array":
            return self._more(field, value or [])
        if "oneOf" in field:
            choices = [one["const"] for one in field["oneOf"]]
            return choices[(choices.index(value) + 1) % len(choices)] if value in choices else plausible.agreeing(field)
        if field.get("format") == "date":
            return self._day(value, text)
        if field.get("type") == "boolean":
            return not value
        return plausible.plain({**field, "x-widget": "longtext"}, self.today, self.random)

    def _more(self, field: Schema, rows: list[Answers]) -> list[Answers]:
        """One row more where rows may be added; of a list of choices, all."""
        columns = field.get("items", {})
        if columns.get("type") != "object":
            return [one["const"] for one in columns.get("oneOf", ())] or rows
        if field.get("x-rows") != "free":
            return rows
        return [*rows, plausible.fill(columns, {}, self.today, self.random, is_whole=True)]

    def _day(self, value: Any, text: str) -> str:
        named = NAMED_DAY.search(text)
        if named:
            return date(*map(int, named.groups())).isoformat()
        return (date.fromisoformat(value) + LATER if value else self.today).isoformat()
