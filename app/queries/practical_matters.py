"""The lists of practical matters: a year with its matters, one matter, and what an enterprise is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models.practical_matter import MatterList, MatterMilestone, MatterRating, PracticalMatter
from app.models.process import ProcessInstance
from app.models.progress_monitoring import ProgressNote
from app.models.user_task import NO_DUE_DATE, UserTask
from app.queries.task_lights import OPEN
from app.queries.task_lines import open_light
from app.queries.units import short_names
from app.terms import Light

MOST_RATINGS = 30  # as many as are asked


@dataclass(frozen=True)
class Line:
    """A matter with the open user task of its item, and what was told of it last with the monitoring."""

    matter: PracticalMatter
    lead: str
    others: Sequence[str]
    milestones: Sequence[MatterMilestone]
    instance_id: str
    light: Light
    step: str = ""
    task_id: str = ""
    due_on: date | None = None
    note: ProgressNote | None = None

    @property
    def done(self) -> int:
        return sum(row.is_done and row.verdict != "refused" for row in self.milestones)

    def next_step(self, today: date) -> MatterMilestone | None:
        """The first that is due today or later, else the last one; none once the matter waits for its acceptance."""
        if self.matter.status not in ("delivering", "returned"):
            return None
        left = [row for row in self.milestones if not row.is_done or row.verdict == "refused"]
        return next((row for row in left if row.by_on >= today), left[-1] if left else None)


@dataclass(frozen=True)
class Rated:
    """A question to an enterprise, with its matter."""

    rating: MatterRating
    matter: PracticalMatter
    lead: str


def lists(session: Session) -> list[MatterList]:
    """Every year's, the newest first."""
    return list(session.scalars(select(MatterList).order_by(MatterList.year.desc())))


def lines(session: Session, year: int, today: date) -> list[Line]:
    """The matters of a year in their order; a handful of statements, whatever their number."""
    matters = _matters(session, PracticalMatter.year == year)
    return _lines(session, matters, today)


def line(session: Session, year: int, number: int, today: date) -> Line:
    """Raises NotFound."""
    matters = _matters(session, (PracticalMatter.year == year) & (PracticalMatter.number == number))
    if not matters:
        raise NotFound
    return _lines(session, matters, today)[0]


def is_listed(session: Session, year: int, number: int) -> bool:
    """Whether the plan's matter is carried out as a practical matter."""
    wanted = select(exists().where(PracticalMatter.year == year, PracticalMatter.number == number))
    return bool(session.scalar(wanted))


def _matters(session: Session, where: object) -> Sequence[PracticalMatter]:
    return session.scalars(select(PracticalMatter).where(where).order_by(PracticalMatter.number)).all()  # type: ignore[arg-type]


def _lines(session: Session, matters: Sequence[PracticalMatter], today: date) -> list[Line]:
    names = short_names(session, {unit for row in matters for unit in (row.lead_id, *row.co_units)})
    steps = _milestones(session, [row.id for row in matters])
    keys = [row.key for row in matters]
    items = dict(
        session.execute(
            select(ProcessInstance.business_key, ProcessInstance.id).where(ProcessInstance.business_key.in_(keys))
        ).all()
    )
    open_ = select(UserTask).where(UserTask.instance_id.in_(items.values()), OPEN).order_by(UserTask.due_on.desc())
    tasks = {row.instance_id: row for row in session.scalars(open_)}
    notes = _notes(session, matters)
    return [
        _line(row, names, steps.get(row.id, ()), items.get(row.key, ""), tasks, notes.get(row.number), today)
        for row in matters
    ]


def _line(
    row: PracticalMatter,
    names: Mapping[str, str],
    steps: Sequence[MatterMilestone],
    instance_id: str,
    tasks: Mapping[str, UserTask],
    note: ProgressNote | None,
    today: date,
) -> Line:
    task = tasks.get(instance_id)
    shown = {
        "matter": row,
        "lead": names.get(row.lead_id, row.lead_id),
        "others": [names.get(unit, unit) for unit in row.co_units],
        "milestones": steps,
        "instance_id": instance_id,
        "note": note,
    }
    if task is None:
        light = Light.GREY if row.status in ("dropped", "rating") else Light.BLUE
        return Line(**shown, light=light)  # type: ignore[arg-type]
    due_on = None if task.due_on == NO_DUE_DATE else task.due_on
    told = {"step": task.name, "task_id": task.id, "due_on": due_on, "light": open_light(task, today)}
    return Line(**shown, **told)  # type: ignore[arg-type]


def _milestones(session: Session, ids: Sequence[int]) -> dict[int, list[MatterMilestone]]:
    wanted = select(MatterMilestone).where(MatterMilestone.matter_id.in_(ids))
    found: dict[int, list[MatterMilestone]] = {}
    for row in session.scalars(wanted.order_by(MatterMilestone.matter_id, MatterMilestone.number)):
        found.setdefault(row.matter_id, []).append(row)
    return found


def _notes(session: Session, matters: Sequence[PracticalMatter]) -> dict[int, ProgressNote]:
    """The last word of each in its year, by number; all of the matters are of one year."""
    wanted = select(ProgressNote).where(
        ProgressNote.kind == "matter",
        ProgressNote.ref.in_([row.number for row in matters]),
        ProgressNote.year.in_({row.year for row in matters}),
    )
    return {row.ref: row for row in session.scalars(wanted.order_by(ProgressNote.id))}


def ratings(session: Session, matter_id: int) -> list[MatterRating]:
    """What enterprises said, without who said it; those that are silent are left out."""
    wanted = select(MatterRating).where(MatterRating.matter_id == matter_id, MatterRating.grade != "")
    return list(session.scalars(wanted.order_by(MatterRating.rated_at.desc(), MatterRating.id).limit(MOST_RATINGS)))


def published(
    session: Session, year: int | None
) -> tuple[MatterList | None, Sequence[PracticalMatter], dict[str, str]]:
    """The list that everybody may read, that of the year or the newest, with names of its units by id."""
    wanted = select(MatterList).where(MatterList.published_on.is_not(None)).order_by(MatterList.year.desc())
    if year is not None:
        wanted = wanted.where(MatterList.year == year)
    found = session.scalars(wanted.limit(1)).first()
    if found is None:
        return None, (), {}
    matters = _matters(session, PracticalMatter.year == found.year)
    return found, matters, short_names(session, {unit for row in matters for unit in (row.lead_id, *row.co_units)})


def asked_of(session: Session, enterprise_id: str, today: date) -> list[Rated]:
    """What the enterprise may still rate."""
    rows = session.execute(
        select(MatterRating, PracticalMatter)
        .join(PracticalMatter, PracticalMatter.id == MatterRating.matter_id)
        .where(MatterRating.enterprise_id == enterprise_id, MatterRating.closes_on >= today, MatterRating.grade == "")
        .order_by(MatterRating.closes_on, MatterRating.id)
    ).all()
    names = short_names(session, {matter.lead_id for _, matter in rows})
    return [Rated(rating, matter, names[matter.lead_id]) for rating, matter in rows]
