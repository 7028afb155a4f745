"""加签 on a task page: the opinions beside the form, and before a signer the form that she signs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.duties import joint_signing as rules
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.queries.attachments import files_of_instance
from app.queries.signers import Signing, signing_of_instance, signings_of_task
from app.queries.task_page import TaskPage
from app.services.form_rules import Schema
from app.services.registry import casework_of
from app.services.task_forms import schema_of
from app.views.task_panels import marks_of_files


@dataclass(frozen=True)
class Signed:
    """What a signer signs. files: as a form shows them."""

    signing: Signing
    title: str
    name: str
    task_id: str
    schema: Schema
    answers: Mapping[str, Any]
    files: Mapping[str, Mapping[str, str]]


def signings(session: Session, actor: Actor, page: TaskPage) -> Sequence[Signing]:
    """Of the task itself, the latest first; dropped ones are of no use to anybody."""
    if actor.is_outsider:
        return ()
    return [one for one in signings_of_task(session, page.task.id) if one.state != rules.DROPPED]


def is_sealed(found: Sequence[Signing]) -> bool:
    """The form was sent, and waits until it was signed."""
    return any(one.side == "after" and one.state == rules.OPEN for one in found)


def signed(session: Session, actor: Actor, page: TaskPage) -> Signed | None:
    """For a signer's own task."""
    if page.task.definition_key != rules.PROCESS:
        return None
    signing = signing_of_instance(session, page.instance.id)
    main = session.get(UserTask, signing.task_id) if signing is not None else None
    if signing is None or main is None:
        return None
    withheld = casework_of(main.definition_key).withheld.get(main.element_id, frozenset())
    answers = {name: value for name, value in signing.content.items() if name not in withheld}
    files = marks_of_files(files_of_instance(session, actor, main.instance_id))
    return Signed(signing, main.title, main.name, main.id, schema_of(main), answers, files)
