"""A clerk does one task: reads the form as it is prefilled, writes plausibly, stores the files, and sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from app import clock
from app.demo import plausible
from app.demo.answers import fill
from app.demo.course import Matter, Turn
from app.demo.mending import Mender
from app.demo.sheet import Answers, Sheet
from app.demo.staff import Staff
from app.errors import AlreadyDone, AppError, Gone, InvalidForm, NotFound, ProcessFault, RuleViolation
from app.models.user_task import UserTask
from app.queries.actor import Actor
from app.services import attachments, tasks
from app.services.attachments import Upload
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import reading_case
from app.terms import TaskStatus

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
ATTEMPTS = 3
OPEN = (TaskStatus.OPEN, TaskStatus.CLAIMED)


@dataclass
class Clerks:
    """refused: forms that were not taken, with their errors; nobody: tasks in an inbox without people; faults: kept."""

    house: House
    staff: Staff
    seed: int
    refused: list[str] = field(default_factory=list)
    nobody: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    done: int = 0

    def do(self, matter: Matter, turn: Turn) -> None:
        """One task; one that somebody closed meanwhile is no task any more, and what is refused is left lying."""
        task = self._task(matter.id)
        if task is None:
            return
        actor = self.staff.clerk(task.principal, task.subject_unit_id)
        if actor is None:
            self.nobody.append(f"{_what(matter)}: {task.principal}")
            return
        try:
            self._send(actor, task, turn)
        except (AlreadyDone, Gone, NotFound):
            return
        except ProcessFault as fault:  # kept as an incident; see `repairers`
            self.faults.append(f"{_what(matter)}: {fault.extra['reference']}")
        except AppError as refused:
            if turn.returns:  # it would not go back like that: then it is passed
                self.do(matter, Turn(wish=turn.wish))
                return
            self.refused.append(f"{_what(matter)}: {refused.extra.get('errors', refused.text)}")

    def _task(self, id_: str) -> UserTask | None:
        """As it is now: its due day or its inbox may have changed since it was planned."""
        with self.house.database.reading() as session:
            task = session.get(UserTask, id_)
        return task if task is not None and task.status in OPEN else None

    def _send(self, actor: Actor, task: UserTask, turn: Turn) -> None:
        """What comes back is mended where it says, a few times."""
        sheet, answers = self._written(actor, task, turn)
        attach = cache(lambda field: self._attach(actor, task, field))  # one file serves all rows of a table
        mender = Mender(sheet.form, sheet.today, sheet.random, attach)
        answers |= {name: [mender.attach(name)] for name in plausible.file_fields(sheet.form)}
        for attempt in range(ATTEMPTS):
            try:
                tasks.complete(self.house, actor, task.id, answers, key=f"demo:{task.id}")
                break
            except (InvalidForm, RuleViolation) as refused:
                if attempt == ATTEMPTS - 1 or turn.returns:
                    raise
                answers = mender.mend(answers, refused.extra["errors"])
        self.done += 1
        if turn.withdraws:
            contact = self.staff.by_login[f"contact.{task.unit_id}"]
            tasks.withdraw(self.house, contact, task.instance_id, key=f"demo:withdraw:{task.id}")

    def _attach(self, actor: Actor, task: UserTask, field: str) -> str:
        (stored,) = attachments.store(self.house, actor, task.id, [Upload("材料.pdf", BytesIO(PDF), field)])
        return stored.id

    def _written(self, actor: Actor, task: UserTask, turn: Turn) -> tuple[Sheet, Answers]:
        """The form as it lies there, and what the clerk writes into it."""
        with self.house.database.reading() as session:
            case = reading_case(self.house, session, actor, task.instance_id)
            casework = casework_of(task.definition_key)
            known, _ = casework.prefill(case, task.element_id, task.item)
            form = tasks.form_of(casework, task.element_id) or {}
            sheet = Sheet(
                element_id=task.element_id,
                fields=frozenset(form["properties"]) if form else frozenset(known),
                known=known,
                facts=casework.facts(case, task.element_id, task.item),
                wish=_wish(form, turn),
                today=clock.today(),
                random=Random(f"{self.seed}:{task.id}:answers"),
                form=form,
                process=task.definition_key,
            )
            return sheet, fill(sheet)


def _what(matter: Matter) -> str:
    return f"{clock.today()} {matter.process}.{matter.element_id}"


def _wish(form: Mapping[str, Any], turn: Turn) -> Answers:
    back = plausible.returning(form) if turn.returns else None
    return {**turn.wish, **({"outcome": back} if back else {})}
