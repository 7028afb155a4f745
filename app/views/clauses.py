"""Where in the plan a piece of work comes from: «P25» of a duty is 重点任务25 on the screens."""

from __future__ import annotations

import re

from flask_babel import gettext as _

CLAUSE = re.compile(r"([PM])(\d+)")


def clause_label(clause: str) -> str:
    found = CLAUSE.fullmatch(clause)
    if found is None:
        return clause
    return _("重点任务%(number)s", number=found[2]) if found[1] == "P" else _("办实事%(number)s", number=found[2])
