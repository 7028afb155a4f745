"""The driven clock: working day after working day the calendar opens, timers fire, and everybody does what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.demo import figures, happenings, people, plausible, script
from app.demo.answers import fill
from app.demo.sheet import Sheet
from app.documents.plan import PlanDocument
from app.errors import InvalidForm
from app.models.person import Person
from app.models.plan import Plan
from app.models.process import ProcessInstance
from app.models.user_task import IS_OPEN, UserTask
from app.queries.actor import SYSTEM, Actor, actor_by_login
from app.services import (
    attachments,
    library_counts,
    openings,
    outbox,
    posting,
    processes,
    reminders,
    tasks,
    timers,
    title_calendar,
    visit_calendar,
)
from app.services.attachments import Upload
from app.services.house import House
from app.services.registry import casework_of
from app.services.work import reading_case
from app.terms import Role

MORNING, WORKING_HOURS = time(8, 30), time(10)
REMINDED_FROM = date(2024, 12, 2)  # earlier digests would only fill the message list
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
Progress = Callable[[date], None]


def beginning(plan: PlanDocument) -> datetime:
    """The plan's first morning."""
    return at(plan.issue.issued_on, MORNING)


def at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.ZONE).astimezone(UTC)


@dataclass
class Office:
    """The demonstration's memory: who is who, which task comes when, how often it came before."""

    house: House
    seed: int
    actors: dict[str, Actor] = field(default_factory=dict)
    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    planned: dict[str, tuple[date, script.Turn]] = field(default_factory=dict)
    town: happenings.Town = field(default_factory=lambda: happenings.Town(0, 0))
    holders: dict[str, Actor] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def actor_for(self, principal: str) -> Actor | None:
        """Whoever has that inbox, the first by login; people who have come since are looked up once."""
        if principal not in self.holders:
            with self.house.database.reading() as session:
                self.actors = {login: _actor(session, login) for login in session.scalars(select(Person.login))}
            self.holders = {
                inbox: actor for _, actor in sorted(self.actors.items(), reverse=True) for inbox in actor.principals
            }
        return self.holders.get(principal)


def run(
    house: House, seed: int, since: date | None, until: datetime, progress: Progress, enterprises: int = 0
) -> Office:
    """From the plan's first day (or `since`) up to the instant `until`. enterprises: how many are invented."""
    with house.database.reading() as session:
        plan = session.scalars(select(Plan).order_by(Plan.id)).first()
        assert plan is not None
        first_year, day = plan.first_year, since or plan.issued_on
    with clock.held(at(day, MORNING)):
        with house.database.transaction() as session:
            people.add_people(house, session, seed)
        office = Office(house, seed, town=happenings.Town(enterprises, seed))
        with house.database.reading() as session:
            office.actors = {login: _actor(session, login) for login in session.scalars(select(Person.login))}
        if since is None:
            variables = {"year": first_year, "kind": "adopted"}
            processes.start(house, SYSTEM, "annual_target", variables, key=f"open:annual_target:{first_year}")
    while at(day, WORKING_HOURS) <= until or at(day, MORNING) <= until:
        if house.calendar.is_working_day(day):
            _live(office, day, until)
            progress(day)
        day += timedelta(days=1)
    return office


def _actor(session: Session, login: str) -> Actor:
    actor = actor_by_login(session, login, clock.today())
    assert actor is not None
    return actor


def _live(office: Office, day: date, until: datetime) -> None:
    """One working day: the scheduler's morning, then the clerks'."""
    house = office.house
    with clock.held(at(day, MORNING)):
        openings.open_campaigns(house)
        _open_what_is_owed(house)
        happenings.on(house, office.town, office.actor_for, day)
        _settle(house)
        figures.record_month(house, office.actors, office.seed)
        if day >= REMINDED_FROM:
            openings.win(house, "digest", day)
            reminders.remind(house)
        _post(house)
    if at(day, WORKING_HOURS) > until:
        return
    moment = at(day, WORKING_HOURS)
    for _ in range(20):  # what one clerk completes, the next may do on the same day
        due = _due_today(office, day)
        if not due:
            return
        for task in due:
            moment += timedelta(minutes=2, seconds=17)
            with clock.held(moment):
                _act(office, task)
                _settle(house)


def _open_what_is_owed(house: House) -> None:
    """By titles and pairings; then the libraries are counted."""
    for open_ in (title_calendar.open_due, visit_calendar.open_pairings, visit_calendar.open_visits):
        while open_(house):
            pass
    title_calendar.end_titles(house)
    library_counts.count_today(house)


def _settle(house: House) -> None:
    timers.fire_all_due(house)
    outbox.drain(house)


def _post(house: House) -> None:
    """Letters of a demonstration go to its mail server, if it has one; else each row says that there is none."""
    while posting.send_due(house, "mail"):
        pass


def _due_today(office: Office, day: date) -> list[UserTask]:
    with office.house.database.reading() as session:
        rows = session.execute(
            select(UserTask, ProcessInstance)
            .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            .where(IS_OPEN)
            .order_by(UserTask.created_at, UserTask.id)
        ).all()
    for task, instance in rows:
        if task.id not in office.planned:
            office.planned[task.id] = _plan(office, task, instance)
    return [task for task, _ in rows if office.planned[task.id][0] <= day]


def _plan(office: Office, task: UserTask, instance: ProcessInstance) -> tuple[date, script.Turn]:
    """When this task will be done: as the script says, else on some day within its limit."""
    subject = _subject(instance)
    times = office.times[instance.business_key, task.element_id]
    office.times[instance.business_key, task.element_id] += 1
    turn = script.turn(instance.year or 0, task.element_id, subject, times)
    random = Random(f"{office.seed}:{instance.business_key}:{task.element_id}:{times}")
    opened = clock.local(task.created_at).date()
    longest = max(office.house.calendar.count(opened, task.due_on) - 1, 0)
    usual = random.randint(0, min(longest, 6))
    delay = turn.delay if turn.delay is not None else usual
    return office.house.calendar.add(opened, delay) if delay < script.NEVER else date.max, turn


def _subject(instance: ProcessInstance) -> str:
    """As the script names it: an indicator by its number, else the unit."""
    if instance.definition_key == "annual_target_indicator":
        return f"indicator:{int(instance.business_key.split(':')[2])}"
    return instance.unit_id or ""


def _act(office: Office, task: UserTask) -> None:
    day, turn = office.planned[task.id]
    actor = office.actors.get(_login(task)) or office.actor_for(task.principal)
    if actor is None:
        office.planned[task.id] = date.max, turn
        return
    with office.house.database.reading() as session:
        case = reading_case(office.house, session, actor, task.instance_id)
        casework = casework_of(task.definition_key)
        known, _ = casework.prefill(case, task.element_id, task.item)
        facts = casework.facts(case, task.element_id, task.item)
        random = Random(f"{office.seed}:{task.id}:answers")
        form = tasks.form_of(casework, task.element_id)
        fields = frozenset(form["properties"]) if form else frozenset(known)
        sheet = Sheet(
            task.element_id, fields, known, facts, turn.wish, clock.today(), random, form or {}, task.definition_key
        )
        answers = fill(sheet)
    for name in plausible.file_fields(form or {}):
        (stored,) = attachments.store(office.house, actor, task.id, [Upload("材料.pdf", BytesIO(PDF), name)])
        answers[name] = [stored.id]
    try:
        tasks.complete(office.house, actor, task.id, answers, key=f"demo:{task.id}")
    except InvalidForm as refused:  # a clerk who cannot do it leaves it; the tests look at what was refused
        office.planned[task.id] = date.max, turn
        office.refused.append(f"{day} {task.definition_key}.{task.element_id}: {refused.extra['errors']}")
        return
    if turn.withdraws:
        contact = office.actors[f"contact.{task.unit_id}"]
        tasks.withdraw(office.house, contact, task.instance_id, key=f"demo:withdraw:{task.id}")


def _login(task: UserTask) -> str:
    match task.principal:
        case Role.OFFICE:
            return "office.drc" if task.subject_unit_id == "miit" else "office"
        case Role.OFFICE_SIGNER:
            return "signer"
        case Role.LEADER:
            return "leader"
        case principal:
            return principal.replace(":", ".")
