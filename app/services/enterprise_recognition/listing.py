"""The list of the batch that an instance is about, and what of it is shown to the public."""

from __future__ import annotations

from app.queries import recognition_list
from app.queries.recognition_list import Line
from app.services.cases import Case
from app.services.enterprise_recognition.rows import batch_of, batch_title
from app.services.public_notice.rows import NoticeList


def lines_of(case: Case) -> list[Line]:
    return recognition_list.lines_of(case.session, batch_of(case))


def notice_list(case: Case) -> NoticeList:
    """The proposed ones, by locality."""
    lines = [line for line in lines_of(case) if line.application.decision == "granted"]
    rows = [
        {"key": line.enterprise.id, "name": line.enterprise.name, "locality": line.locality}
        for line in sorted(lines, key=lambda line: (line.locality, line.enterprise.name))
    ]
    return NoticeList("enterprise_recognition", f"{batch_title(batch_of(case))}拟认定名单", rows)
