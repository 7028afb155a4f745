"""办理单: the page of a user task as a Word file, for the file on the shelf."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from flask import Blueprint, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.documents import handling_sheet
from app.documents.handling_sheet import Entry, HandlingSheet, Report
from app.queries.due_days import DueDays, due_days
from app.queries.task_page import TaskPage, task_page
from app.services.house import House
from app.services.task_forms import schema_of
from app.views import formats, task_panels
from app.views.clauses import clause_label
from app.views.context import current_actor, current_house
from app.views.printed_forms import printed_parts

bp = Blueprint("handling_sheet", __name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNFIT = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))  # no part of a file's name


@bp.get("/tasks/<task_id>/sheet.docx")
def word_file(task_id: str) -> Response:
    """What the reader may see of the matter, and no more."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        page = task_page(session, actor, task_id, clock.today())
        days = due_days(session, task_id)
    content = handling_sheet.render(_sheet(page, house, days))
    name = f"{_('办理单')} {page.task.title.translate(UNFIT)}.docx"
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=name)


def _sheet(page: TaskPage, house: House, days: DueDays) -> HandlingSheet:
    now = clock.now()
    printed = f"{formats.full_day(now)} {formats.time_of_day(now)}"
    return HandlingSheet(
        matter=page.task.title,
        facts=list(_facts(page, house, days)),
        course=[
            Entry(formats.moment(one.at), f"{one.who}（{one.unit}）" if one.unit else one.who, one.text, one.said)
            for one in reversed(task_panels.course(page))
            if not one.is_now
        ],
        reports=_reports(page),
        files=[f"{file.name}（{task_panels.file_size(file.size)}，{file.person}）" for file in page.files],
        printed=_("打印人：%(name)s，打印时间：%(at)s。", name=current_actor().name, at=printed),
    )


def _facts(page: TaskPage, house: House, days: DueDays) -> Iterator[tuple[str, str]]:
    task, line = page.task, page.line
    yield _("环节"), task.name
    if task.clause:
        title = f" {page.clause.title}" if page.clause else ""
        yield _("来源"), f"{clause_label(task.clause)}{title}"
    yield _("责任单位"), line.unit
    yield _("交办单位"), line.giver
    yield _("收到时间"), formats.moment(task.created_at)
    deadline = task_panels.deadline(page, house, days)
    yield from deadline.facts
    if deadline.light is not None:
        yield _("状态"), deadline.light.label
    if page.completed_by or page.assignee:
        yield _("办理人"), page.completed_by or page.assignee


def _reports(page: TaskPage) -> list[Report]:
    """The forms that were sent before this step, and its own; what a form only shows again stands there once."""
    files, told = task_panels.marks_of_files(page.files), set[str]()
    found = [
        Report(
            f"{one.title}（{one.who}，{formats.moment(one.at)}）", printed_parts(one.schema, one.answers, files, told)
        )
        for one in sorted(task_panels.materials(page), key=lambda one: str(one.at))
    ]
    if page.answers:
        who = f"{page.completed_by}，{formats.moment(page.task.completed_at)}"
        found.append(
            Report(f"{page.task.name}（{who}）", printed_parts(schema_of(page.task), page.answers, files, told))
        )
    return found
