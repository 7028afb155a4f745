"""Pages of children, as the outbox brings them: started or cancelled in one transaction, once for the effect's key.

The parent is locked first, so a page never starts what a cancellation of the parent, side by side, does not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.models.process import ProcessInstance
from app.queries.actor import CLOCK
from app.services import children, steps
from app.services.commands import Answer, Command, handles, run
from app.services.effects import put_effects
from app.services.house import House
from app.services.registry import casework_of
from app.services.steps import Work
from app.terms import InstanceStatus

INSTANCE = table_of(ProcessInstance)


def deliver(house: House, kind: str, payload: Mapping[str, Any], *, key: str) -> Answer:
    """Do the page. kind: of children.PAGES. Raises AppError; the same key again does nothing."""
    return run(house, CLOCK, Command(f"{kind}_children", key, payload))


@handles("start_children")
def _start(work: Work, payload: Mapping[str, Any]) -> Answer:
    parent = _locked(work, payload["instance_id"])
    if parent.status != InstanceStatus.ACTIVE:
        return {"started": 0}
    starts = [children.start_of(told) for told in payload["starts"]]
    for start in starts:
        steps.start(work, start, parent.id)
    _ask_whether_all_have_ended(work, parent, sorted({start.definition_key for start in starts}))
    return {"started": len(starts)}


@handles("cancel_children")
def _cancel(work: Work, payload: Mapping[str, Any]) -> Answer:
    for child_id, reason in payload["cancels"]:
        steps.cancel(work, child_id, reason)
    return {"cancelled": len(payload["cancels"])}


def _locked(work: Work, instance_id: str) -> Any:
    columns = select(INSTANCE.c.id, INSTANCE.c.status, INSTANCE.c.business_key)
    return work.connection.execute(columns.where(INSTANCE.c.id == instance_id).with_for_update()).one()


def _ask_whether_all_have_ended(work: Work, parent: Any, definition_keys: Sequence[str]) -> None:
    """Those started before may all have ended while this page was waiting, and then nobody else would ask any more."""
    told = {key: casework_of(key).done_message.get(key) for key in definition_keys}
    effects = [
        children.done_effect(message, work.key, parent.business_key, parent.id, key)
        for key, message in told.items()
        if message is not None
    ]
    put_effects(work.connection, effects, work.at)
