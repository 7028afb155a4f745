"""Which readings are recorded: one table over the routes that show histories, seals, searches and files.

A route of the table is wrapped as the application is made: it reads, the access is written, and only then the answer
goes out. See services/accesses.py for who is watched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Flask, make_response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import Attachment
from app.queries.actor import Actor
from app.services import accesses
from app.terms import Access
from app.views import event_filters
from app.views.context import current_actor, current_house

NOTED: Mapping[str, Access] = {
    "event_search.page": Access.SEARCHED,
    "event_search.file": Access.LINES_EXPORTED,
    "event_search.log": Access.LOG_EXPORTED,
    "accesses.page": Access.ACCESSES_SHOWN,
    "accesses.file": Access.LINES_EXPORTED,
    "administration.page": Access.ADMINISTRATION_SHOWN,
    "histories.one": Access.HISTORY_OPENED,
    "histories.form": Access.FORM_SHOWN,
    "histories.bundle": Access.BUNDLE_EXPORTED,
    "histories.event_log": Access.LOG_EXPORTED,
    "histories.verification": Access.VERIFIED,
    "dossier.file": Access.DOSSIER_TAKEN,
    "history_family.page": Access.HISTORY_OPENED,
    "history_files.events": Access.LOG_EXPORTED,
    "history_files.histories_file": Access.LINES_EXPORTED,
    "history_files.log_xes": Access.LOG_EXPORTED,
    "history_files.log_csv": Access.LOG_EXPORTED,
    "history_processes.one": Access.ANALYSED,
    "api.process_instances.list_process_instance_events": Access.HISTORY_OPENED,
    "api.differences.get_history_difference": Access.HISTORY_OPENED,
    "api.event_search.search_events": Access.SEARCHED,
    "api.event_search.export_found_events": Access.LINES_EXPORTED,
    "api.event_search.export_found_histories": Access.LOG_EXPORTED,
    "api.event_search.list_accesses": Access.ACCESSES_SHOWN,
    "api.event_logs.export_event_log_as_xes": Access.LOG_EXPORTED,
    "api.event_logs.export_event_log_as_csv": Access.LOG_EXPORTED,
    "api.event_logs.export_history_as_xes": Access.LOG_EXPORTED,
    "api.event_logs.export_history_as_csv": Access.LOG_EXPORTED,
    "api.bundles.export_bundle_of_history": Access.BUNDLE_EXPORTED,
    "attachments.download": Access.FILE_TAKEN,
    "attachments.content": Access.FILE_TAKEN,
}
OF_AUDITORS_ONLY = frozenset({Access.FILE_TAKEN})  # others look at files all day long
LONGEST, MOST_TERMS = 80, 20

View = Callable[..., Any]


def init_app(app: Flask) -> None:
    """After all blueprints are there."""
    for endpoint, access in NOTED.items():
        app.view_functions[endpoint] = _noted(app.view_functions[endpoint], access)


def _noted(view: View, access: Access) -> View:
    @wraps(view)
    def read(*args: Any, **kwargs: Any) -> Any:
        answer = make_response(view(*args, **kwargs))
        actor = current_actor()
        if answer.status_code < 300 and _is_watched(actor, access):  # a redirect has shown nothing yet
            accesses.note(current_house(), actor, access, **_told())
        return answer

    return read


def _is_watched(actor: Actor, access: Access) -> bool:
    return actor.has(*accesses.AUDITORS) if access in OF_AUDITORS_ONLY else accesses.is_watched(actor)


def _told() -> dict[str, Any]:
    """what: the matter or the file by its name, or the search in words."""
    seen, asked = request.view_args or {}, _asked()
    told = {
        "address": request.remote_addr or "",
        "path": request.path[: LONGEST * 2],
        "asked": asked,
        "event": seen.get("seq") or _number(asked.get("event", "")),
    }
    instance_id = seen.get("instance_id") or seen.get("id")
    if "attachment_id" in seen:
        return {**told, **_file(seen["attachment_id"])}
    if instance_id:
        return {**told, "what": _title(instance_id), "instance": instance_id}
    with current_house().database.reading() as session:
        what = _process(session, seen["key"]) if "key" in seen else event_filters.in_words(session)
    return {**told, "what": what}


def _asked() -> dict[str, str]:
    """The address behind the question mark; which page of a list it is says nothing of what was sought."""
    pairs = [(name[:LONGEST], text.strip()[:LONGEST]) for name, text in request.args.items() if text.strip()]
    return {name: text for name, text in pairs[:MOST_TERMS] if name != "cursor"}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _title(instance_id: str) -> str:
    with current_house().database.reading() as session:
        return session.scalar(select(ProcessInstance.title).where(ProcessInstance.id == instance_id)) or ""


def _process(session: Session, key: str) -> str:
    newest = select(ProcessDefinition.name).where(ProcessDefinition.key == key)
    return session.scalar(newest.order_by(ProcessDefinition.version.desc()).limit(1)) or key


def _file(attachment_id: str) -> dict[str, Any]:
    with current_house().database.reading() as session:
        row = session.execute(
            select(Attachment.name, Attachment.instance_id).where(Attachment.id == attachment_id)
        ).one_or_none()
    return {"what": row.name, "instance": row.instance_id} if row else {"what": attachment_id}
