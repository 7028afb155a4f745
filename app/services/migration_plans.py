"""What migrations would do, before anybody does one: each instance is tried, and nothing of it is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.engine import Advance, Assessment, BadState, Definition, ModelFault, Obstacle, Reason, Step, Verdict
from app.errors import InvalidForm, NotFound, NotPermitted
from app.models.process import ProcessDefinition
from app.queries import migrations as stored
from app.queries.actor import Actor
from app.services.cases import Case
from app.services.house import House
from app.services.registry import casework_of
from app.services.steps import Host
from app.services.work import reading_case
from app.terms import InstanceStatus, Role, Word

MAY_MIGRATE = (Role.OFFICE, Role.SYSTEM_ADMIN)


class Bar(Word):
    """What stands in the way beside the drawing's own obstacles."""

    ENDED = "ended", "流程已经结束"
    SAME_VERSION = "same_version", "已经是这个版本"
    NO_DATE = "no_date", "新版本在这里增加了时限，但没有推算这个时限的规则"
    UNREADABLE = "unreadable", "流程状态无法读取，请先处理故障"


@dataclass(frozen=True)
class Hindrance:
    """Why an element, or the whole instance where its name is empty, cannot go on. candidates: (element id, name)."""

    element_id: str
    name: str
    reason: Word
    candidates: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        return f"{self.name}：{self.reason.label}" if self.name else self.reason.label


@dataclass(frozen=True)
class Weighed:
    """moved: (old element id, new one). armed, dropped, skipped: names of elements. advance: None where barred."""

    hindrances: tuple[Hindrance, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    armed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    advance: Advance | None = field(default=None, repr=False)

    @property
    def verdict(self) -> Verdict:
        if not self.hindrances:
            return Verdict.SAFE
        is_open = all(found.reason is Reason.UNMAPPED for found in self.hindrances)
        return Verdict.NEEDS_MAPPING if is_open else Verdict.IMPOSSIBLE


@dataclass(frozen=True)
class Wanted:
    """Which instances go to which version: those named, or all that run in version from_version of a process.

    to_version: None for the newest. mapping: old element id -> new one. with_children: the open children too, each to
    the newest version of its own process.
    """

    to_version: int | None
    ids: tuple[str, ...] = ()
    definition_key: str = ""
    from_version: int | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    with_children: bool = False


@dataclass(frozen=True)
class Line:
    """One instance of a plan. at: names of the user tasks that wait in it."""

    instance_id: str
    title: str
    unit: str
    at: tuple[str, ...]
    from_version: int
    to_version: int
    weighed: Weighed

    @property
    def verdict(self) -> Verdict:
        return self.weighed.verdict


@dataclass(frozen=True)
class Target:
    """An instance and the version it is to have. mapping: old element id -> new one."""

    instance_id: str
    version: int
    mapping: Mapping[str, str] = field(default_factory=dict)


def require_right(actor: Actor) -> None:
    """Raises NotPermitted."""
    if not actor.has(*MAY_MIGRATE):
        raise NotPermitted


def targets(house: House, wanted: Wanted) -> list[Target]:
    """The instances of a plan, in the order they began, children behind their parents. Raises NotFound."""
    with house.database.reading() as session:
        ids = wanted.ids or stored.running_in(session, wanted.definition_key, wanted.from_version or 0)
        found = [Target(id_, _version(session, id_, wanted.to_version), wanted.mapping) for id_ in dict.fromkeys(ids)]
        if wanted.with_children:
            found += [Target(id_, _version(session, id_, None)) for id_ in stored.open_below(session, ids)]
    return found


def plan(house: House, actor: Actor, chosen: Sequence[Target]) -> Iterator[Line]:
    """A dry run: each instance is weighed as it is now, and nothing is changed.

    Raises NotPermitted, NotFound; InvalidForm for a mapping that names elements of neither version.
    """
    require_right(actor)
    for target in chosen:
        with house.database.reading() as session:
            yield _line(house, session, actor, target)


def weigh(case: Case, target: Definition, mapping: Mapping[str, str]) -> Weighed:
    """What would become of the instance; the engine makes the step, nobody writes it down."""
    try:
        return _tried(case, target, mapping)
    except BadState:
        return Weighed((Hindrance("", "", Bar.UNREADABLE),))


def _tried(case: Case, target: Definition, mapping: Mapping[str, str]) -> Weighed:
    instance = case.instance
    if instance.status != InstanceStatus.ACTIVE:
        return Weighed((Hindrance("", "", Bar.ENDED),))
    if target.hash == case.definition.hash:
        return Weighed((Hindrance("", "", Bar.SAME_VERSION),))
    engine = case.house.engine
    found = engine.assess(case.definition, target, instance.state, instance.id, mapping)
    if found.obstacles:
        return _weighed(case.definition, target, found)
    step = Step(instance.id, instance.version, case.at)
    host = Host(case, casework_of(instance.definition_key))
    try:
        advance = engine.migrate(case.definition, target, instance.state, step, mapping, host)
    except ModelFault as fault:
        name = _name(fault.element_id, target)
        return Weighed((Hindrance(fault.element_id, name, Bar.NO_DATE),))
    return _weighed(case.definition, target, found, advance)


def _weighed(old: Definition, new: Definition, found: Assessment, advance: Advance | None = None) -> Weighed:
    return Weighed(
        hindrances=tuple(_hindrance(obstacle, old, new) for obstacle in found.obstacles),
        moved=found.moved,
        armed=tuple(_name(id_, new) for id_ in found.armed),
        dropped=tuple(_name(id_, old) for id_ in found.dropped),
        skipped=tuple(_name(id_, new) for id_ in found.skipped),
        advance=advance,
    )


def _hindrance(obstacle: Obstacle, old: Definition, new: Definition) -> Hindrance:
    candidates = tuple((id_, _name(id_, new)) for id_ in obstacle.candidates)
    return Hindrance(obstacle.element_id, _name(obstacle.element_id, old, new), obstacle.reason, candidates)


def _name(element_id: str, *definitions: Definition) -> str:
    drawn = [each.elements[element_id] for each in definitions if element_id in each.elements]
    return drawn[0].name or element_id if drawn else element_id


def checked(mapping: Mapping[str, str], old: Definition, new: Definition) -> dict[str, str]:
    """Raises InvalidForm for an element of neither version: a slip of the pen would do nothing, silently."""
    errors = [(f"mapping.{id_}", f"原版本没有环节“{id_}”。") for id_ in mapping if id_ not in old.elements]
    errors += [(f"mapping.{id_}", f"新版本没有环节“{to}”。") for id_, to in mapping.items() if to not in new.elements]
    if errors:
        raise InvalidForm(errors)
    return dict(mapping)


def _line(house: House, session: Session, actor: Actor, target: Target) -> Line:
    case = reading_case(house, session, actor, target.instance_id)
    instance = case.instance
    before = session.get_one(ProcessDefinition, instance.definition_id)
    row = stored.version_of(session, instance.definition_key, target.version)
    if row is None:
        raise NotFound("没有这个版本。")
    new = house.definition(session.connection(), row.id)
    weighed = weigh(case, new, checked(target.mapping, case.definition, new))
    unit = stored.unit_name(session, instance.unit_id)
    at = tuple(stored.open_names(session, instance.id))
    return Line(instance.id, instance.title, unit, at, before.version, row.version, weighed)


def _version(session: Session, instance_id: str, wanted: int | None) -> int:
    key = stored.key_of(session, instance_id)
    row = stored.version_of(session, key, wanted) if key is not None else None
    if row is None:
        raise NotFound("没有这个流程，或没有这个版本。")
    return row.version
