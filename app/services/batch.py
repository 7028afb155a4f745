"""One verb on several user tasks: a command each, under a key of its own, so that one that is stale stops no other.

Together goes only what needs no word of its own: to claim, to put back, and to agree where the form asks for nothing
but the agreeing outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from app.errors import AppError, InvalidForm
from app.models.user_task import Draft, UserTask
from app.queries.actor import Actor
from app.queries.sight import seen_task
from app.services import tasks
from app.services.form_rules import OUTCOME, Schema
from app.services.house import House
from app.services.registry import casework_of
from app.services.tasks import form_of

MOST_TOGETHER = 100
LONGEST_KEY = 80  # of a command with the id of its task behind it
OPINION = "opinion_text"


@dataclass(frozen=True)
class Item:
    """revision: what the person saw; None accepts the present one."""

    task_id: str
    revision: int | None = None


@dataclass(frozen=True)
class Result:
    """What became of one task. code: `done`, else the word of the error; by, at (ISO): who was first, and when."""

    task_id: str
    is_done: bool
    code: str = "done"
    text: str = ""
    by: str = ""
    at: str | None = None


Act = Callable[[House, Actor, Item, str], Any]


def each(house: House, actor: Actor, verb: str, items: Sequence[Item], key: str) -> Iterator[Result]:
    """The tasks one after another, each a transaction. verb: of VERBS. The same key again gives the same results."""
    act = VERBS[verb]
    root = key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()
    for item in dict.fromkeys(items):
        try:
            act(house, actor, item, f"{root}:{item.task_id}")
        except InvalidForm as refused:
            yield Result(item.task_id, False, refused.code, refused.errors[0][1])
        except AppError as error:
            by, at = str(error.extra.get("by") or ""), error.extra.get("at")
            yield Result(item.task_id, False, error.code, error.text, by, at)
        else:
            yield Result(item.task_id, True)


def agreeing_word(schema: Schema) -> Mapping[str, Any] | None:
    """The outcome {const, title} with which the form may be sent as it is; None where it asks for more than that."""
    properties = schema["properties"]
    written = {name for name, field in properties.items() if not field.get("readOnly")}
    if schema.get("required") != [OUTCOME] or written - {OUTCOME, OPINION}:
        return None
    agreeing = properties.get(OPINION, {}).get("x-required-unless-agreeing")
    return next((word for word in properties[OUTCOME].get("oneOf", ()) if word["const"] == agreeing), None)


def agreeing_at(definition_key: str, element_id: str) -> Mapping[str, Any] | None:
    """The same for a step of a process."""
    form = form_of(casework_of(definition_key), element_id)
    return agreeing_word(form) if form is not None else None


def _agree(house: House, actor: Actor, item: Item, key: str) -> Any:
    with house.database.reading() as session:
        task: UserTask = seen_task(session, actor, item.task_id)
        word = agreeing_at(task.definition_key, task.element_id)
        is_open, has_draft = task.completed_at is None, session.get(Draft, task.id) is not None
    if word is None:
        raise InvalidForm([(OUTCOME, "这个环节须逐件办理。")])
    if is_open and has_draft:  # what somebody has typed is not passed over
        raise InvalidForm([(OPINION, "有暂存的意见，请打开核对后办理。")])
    return tasks.complete(house, actor, item.task_id, {OUTCOME: word["const"]}, key=key, revision=item.revision)


def _claim(house: House, actor: Actor, item: Item, key: str) -> Any:
    return tasks.claim(house, actor, item.task_id, key=key, revision=item.revision)


def _unclaim(house: House, actor: Actor, item: Item, key: str) -> Any:
    return tasks.unclaim(house, actor, item.task_id, key=key, revision=item.revision)


VERBS: Mapping[str, Act] = {"claim": _claim, "unclaim": _unclaim, "agree": _agree}
