"""The rule tables that the office may edit: lights, pace of indicators, ladder of reminders, points of assessment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.duties import rule_table_assessment, rule_table_lights, rule_table_pace, rule_table_reminders
from app.duties.rule_table import Check, Content, Form, InvalidTable

LIGHTS, PACE, REMINDERS = "task_lights", "indicator_pace", "reminders"
ASSESSMENT = "assessment"


@dataclass(frozen=True)
class Kind:
    """read: content and name of the version -> what the rules of the duties take."""

    key: str
    name: str
    form: Form
    check: Check
    read: Callable[[Content, str], Any]

    def table(self, content: Content, number: int) -> Any:
        """Raises InvalidTable with every problem of the content."""
        if problems := tuple(self.check(content)):
            raise InvalidTable(problems)
        return self.read(content, f"第{number}版")


KINDS: Mapping[str, Kind] = {
    key: Kind(key, module.NAME, module.FORM, module.check, module.read)
    for key, module in (
        (LIGHTS, rule_table_lights),
        (PACE, rule_table_pace),
        (REMINDERS, rule_table_reminders),
        (ASSESSMENT, rule_table_assessment),
    )
}
