"""The policy library with its conditions, and a package of policies with the reasons why each fits."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from app import clock
from app.api.resources import Reply, reads, resource
from app.api.shapes import ByNumber, Instant, Listing, Name, Number, Shape, listed
from app.duties.months import months_after
from app.models.policy import PackageLine, PolicyPackage
from app.models.policy import Policy as Row
from app.queries import packages, paging
from app.queries import policies as library
from app.queries.paging import Descending
from app.services import policies
from app.terms import PolicyKind, PolicyLevel
from app.views.context import current_actor, current_house

bp = resource("policies", "Policy")

Level = Literal["national", "provincial", "city", "county"]
Kind = Literal["funds", "tax", "finance", "talent", "land", "technology", "market", "other"]
assert set(Level.__args__) == set(PolicyLevel)  # type: ignore[attr-defined]
assert set(Kind.__args__) == set(PolicyKind)  # type: ignore[attr-defined]


class OfPolicies(Listing):
    """q: part of the title, the number or the issuer. unit: the department that keeps it."""

    q: Name | None = None
    kind: Kind | None = None
    level: Level | None = None
    unit: Name | None = None
    state: Literal["valid", "coming", "ended", "unchecked"] | None = None


class PolicyLine(Shape):
    """unit: the department that keeps it. version: of its conditions. checked_on: of the yearly check."""

    id: int
    title: str
    number: str
    issuer: str
    unit: str
    level: str
    kind: str
    benefit: str
    amount_wan: Number | None
    valid_from: date
    valid_to: date | None
    version: int
    checked_on: date | None
    repealed_on: date | None


class PolicyList(Shape):
    items: list[PolicyLine]
    next_cursor: str | None


class PolicyCondition(Shape):
    """Rows of one group must all hold; one group is enough."""

    group: int
    figure: str
    operator: str
    value: str


class Window(Shape):
    from_on: date
    to_on: date


class Policy(PolicyLine):
    how: str
    contact: str
    link: str
    windows: list[Window]
    conditions: list[PolicyCondition]


class Pushed(Shape):
    """why: each condition with its value and date. use: what the enterprise said of it, empty until it did."""

    policy_id: int
    title: str
    version: int
    closes_on: date | None
    why: list[str]
    drop_reason: str
    use: str
    text: str


class Package(Shape):
    """enterprise: its credit code. state: prepared | sent | read | unread | none | withdrawn."""

    id: int
    enterprise: str
    round: str | None
    state: str
    is_unconfirmed: bool
    message: str
    note: str
    sent_at: Instant | None
    read_at: Instant | None
    stars: int | None
    policies: list[Pushed]


@bp.get("/policies", responses=reads(PolicyList))
def list_policies(query: OfPolicies) -> Reply:
    today = clock.today()
    words = (query.q, query.kind, query.level, query.unit, query.state)
    wanted = library.PolicyFilter(*(word or "" for word in words))
    with current_house().database.reading() as session:
        statement = library.listed(wanted, today, months_after(today, -library.CHECK_MONTHS))
        found = paging.page(session, statement, [Descending(Row.id)], query.cursor, query.limit)
        return listed((PolicyLine(**_line(row)) for row in found.items), found.next_cursor)


@bp.get("/policies/<id>", responses=reads(Policy))
def get_policy(path: ByNumber) -> Reply:
    with current_house().database.reading() as session:
        row = library.policy(session, path.id)
        conditions = [PolicyCondition(**one) for one in policies.conditions_of(session, row)]
        told: dict[str, Any] = {"how": row.how, "contact": row.contact, "link": row.link, "windows": row.windows}
        return Policy(**_line(row), **told, conditions=conditions).as_json()


@bp.get("/policy-packages/<id>", responses=reads(Package))
def get_policy_package(path: ByNumber) -> Reply:
    """An enterprise its own once it was sent; its specialist, its locality and whoever reads all."""
    actor = current_actor()
    with current_house().database.reading() as session:
        package = packages.seen_package(session, actor, path.id)
        lines = [
            line for line in packages.lines_of(session, package) if not line.drop_reason or actor.enterprise_id is None
        ]
        return Package(**_package(package), policies=[_pushed(line) for line in lines]).as_json()


def _line(row: Row) -> dict[str, Any]:
    names = ("id", "title", "number", "issuer", "level", "kind", "benefit", "amount_wan", "valid_from", "valid_to")
    rest = ("version", "checked_on", "repealed_on")
    return {"unit": row.owner_id, **{name: getattr(row, name) for name in (*names, *rest)}}


def _package(row: PolicyPackage) -> dict[str, Any]:
    names = ("id", "state", "is_unconfirmed", "message", "note", "sent_at", "read_at", "stars")
    told = {"enterprise": row.enterprise_id, "round": row.round_key}
    return {**told, **{name: getattr(row, name) for name in names}}


def _pushed(line: PackageLine) -> Pushed:
    names = ("policy_id", "version", "closes_on", "why", "drop_reason", "use", "text")
    return Pushed(title=line.policy.title, **{name: getattr(line, name) for name in names})
