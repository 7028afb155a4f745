"""What the rules over histories have found, and how much each rule has looked at."""

from __future__ import annotations

from datetime import datetime

from app.api.resources import Reply, reads, resource
from app.api.shapes import ByNumber, Instant, Listing, Name, Shape, listed
from app.errors import NotFound
from app.queries import rule_findings
from app.queries.rule_findings import Line, Wanted
from app.services.rule_checks import catalog
from app.terms import FindingStatus, Severity
from app.views.context import current_house

bp = resource("rule_findings", "Audit")


class OfRules(Listing):
    """status: of the finding; of all without one. rule: its id. unit: whom the history is about."""

    status: FindingStatus | None = None
    rule: Name | None = None
    unit: Name | None = None


class RuleFinding(Shape):
    """One event at which a rule does not hold. at: when that was; about: a person, a day or a number, as it fits.

    actor: name of who did it. reason: how the office explains it; settled_by: who accepted that.
    """

    id: int
    rule: str
    version: int
    severity: Severity
    status: FindingStatus
    instance: str
    title: str
    seq: int
    at: Instant | None
    actor: str
    unit: str | None
    about: str
    found_at: Instant
    reason: str
    explained_by: str
    explained_at: Instant | None
    settled_by: str
    settled_at: Instant | None


class RuleFindingList(Shape):
    items: list[RuleFinding]
    next_cursor: str | None


class RuleCheck(Shape):
    """looked_at: histories it was held against, 0 before the first time; open, explained, settled: findings."""

    id: str
    version: int
    name: str
    says: str
    source: str
    clause: str
    severity: Severity
    looked_at: int
    ran_at: Instant | None
    open: int
    explained: int
    settled: int


class RuleCheckList(Shape):
    items: list[RuleCheck]
    next_cursor: str | None


@bp.get("/rule-findings", responses=reads(RuleFindingList))
def list_rule_findings(query: OfRules) -> Reply:
    """The newest first."""
    wanted = Wanted(query.status or "", query.rule or "", query.unit or "")
    with current_house().database.reading() as session:
        found = rule_findings.findings(session, wanted, query.cursor, query.limit)
        return listed(map(_finding, found.items), found.next_cursor)


@bp.get("/rule-findings/<id>", responses=reads(RuleFinding))
def get_rule_finding(path: ByNumber) -> Reply:
    with current_house().database.reading() as session:
        line = rule_findings.one(session, path.id)
        if line is None:
            raise NotFound("没有这条核查发现。")
        return _finding(line).as_json()


@bp.get("/rule-checks", responses=reads(RuleCheckList))
def list_rule_checks() -> Reply:
    """The rules over histories."""
    with current_house().database.reading() as session:
        counts, progress = rule_findings.counts(session), rule_findings.progress(session)
    checks = [
        {
            **catalog.values_of(rule),
            "looked_at": progress[id_].looked_at if id_ in progress else 0,
            "ran_at": progress[id_].ran_at if id_ in progress else None,
            **{status.value: counts.get((id_, status.value), 0) for status in FindingStatus},
        }
        for id_, (rule, _) in catalog.log_rules().items()
    ]
    return listed(map(RuleCheck.model_validate, checks), None)


def _finding(line: Line) -> RuleFinding:
    row = line.finding
    return RuleFinding(
        id=row.id,
        rule=row.rule,
        version=row.version,
        severity=Severity(row.severity),
        status=FindingStatus(row.status),
        instance=row.instance_id,
        title=line.title,
        seq=row.seq,
        at=datetime.fromisoformat(line.at) if line.at else None,
        actor=line.actor,
        unit=row.unit_id,
        about=row.about,
        found_at=row.found_at,
        reason=row.reason,
        explained_by=row.explained_by,
        explained_at=row.explained_at,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )
