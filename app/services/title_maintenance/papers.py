"""The papers of 称号动态管理, drawn when asked for from the rows of their instance."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.documents import change_sheet, investigation_notice, revocation, update_notice
from app.duties.title_maintenance import GROUNDS
from app.duties.title_maintenance_dates import HEARING_DAYS, shown_due
from app.errors import NotFound
from app.models.enterprise import Enterprise, Title
from app.models.process import ProcessInstance, WorkingRow
from app.models.title_maintenance import TitleUpdate
from app.services import letterheads
from app.services.house import House
from app.services.title_maintenance.case_rows import RESULTS
from app.services.title_maintenance.changes import KINDS, OPINIONS
from app.services.title_maintenance.rows import Row, label_of, live_titles, titles_by_id

EFFECTS = {"carry_over": "延续", "doubt": "提请核查", "move_out": "迁出注销"}
PROVINCE = "省工业和信息化厅"


def update_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """年度更新通知."""
    enterprise = _enterprise(session, instance)
    wanted = (TitleUpdate.enterprise_id == enterprise.id, TitleUpdate.year == instance.year)
    owed = session.scalars(select(TitleUpdate).where(*wanted)).one()
    sent_on = clock.local(instance.started_at).date()
    return update_notice.render(
        update_notice.UpdateNotice(
            letterhead=letterheads.of_bureau(session, "", enterprise.name, sent_on),
            year=owed.year,
            titles=_labels(live_titles(session, enterprise.id, sent_on)) or ("优质中小企业",),
            due_on=shown_due(owed.due_on, house.calendar),
            legal_on=owed.due_on,
        )
    )


def change_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """变更登记表. Raises NotFound before the bureau has decided."""
    enterprise, rows = _enterprise(session, instance), _Rows(session, instance)
    report, effect, opinion = rows.one("report"), rows.one("effect"), rows.one("check")
    if not effect:
        raise NotFound
    return change_sheet.render(
        change_sheet.ChangeSheet(
            agency=letterheads.of_bureau(session, "", "", date.fromisoformat(effect["on"])).agency,
            enterprise=enterprise.name,
            code=enterprise.id,
            titles=tuple(effect["titles"]),
            kind=KINDS[report["kind"]],
            event_on=date.fromisoformat(report["event_on"]),
            reported_on=date.fromisoformat(report["on"]),
            before=report["old_value"],
            after=report["new_value"],
            impact=report["effect"],
            locality_opinion="，".join(filter(None, (OPINIONS[opinion["outcome"]], opinion["points"]))),
            effect=f"{EFFECTS[effect['outcome']]}。{effect['reason']}",
            decided_on=date.fromisoformat(effect["on"]),
        )
    )


def investigation_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """核查通知书. Raises NotFound where no case was opened."""
    enterprise, opened = _enterprise(session, instance), _Rows(session, instance).one("case")
    if opened.get("outcome") != "yes":
        raise NotFound
    on = date.fromisoformat(opened["on"])
    return investigation_notice.render(
        investigation_notice.InvestigationNotice(
            letterhead=letterheads.of_bureau(session, "", enterprise.name, on),
            enterprise=enterprise.name,
            titles=_labels(titles_by_id(session, opened["titles"])),
            facts=tuple(opened["facts"]),
            heard_until=house.calendar.add(on, HEARING_DAYS),
        )
    )


def decision_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """取消称号决定书 of the city. Raises NotFound where another level decided."""
    enterprise, rows = _enterprise(session, instance), _Rows(session, instance)
    revoked = rows.one("revoked")
    if not revoked or rows.one("answer"):
        raise NotFound
    head = letterheads.of_bureau(session, revoked["number"], enterprise.name, date.fromisoformat(revoked["on"]))
    until = date.fromisoformat(revoked["ban_until"]) if revoked["ban_until"] else None
    told = {"titles": tuple(revoked["titles"]), "ground": GROUNDS[revoked["ground"]], "ban_until": until}
    return revocation.render_decision(
        _revocation(enterprise, rows, head, legal_ground=revoked["legal_ground"], ended_on=head.issued_on, **told)
    )


def report_paper(session: Session, house: House, instance: ProcessInstance) -> bytes:
    """报请取消的报告. Raises NotFound where the city decides itself."""
    enterprise, rows = _enterprise(session, instance), _Rows(session, instance)
    decision, sent = rows.last("decision"), rows.one("upper")
    if decision.get("outcome") != "revoke" or decision.get("level") == "city":
        raise NotFound
    on = date.fromisoformat(sent.get("sent_on") or decision["on"])
    head = letterheads.of_bureau(session, sent.get("document_no", ""), PROVINCE, on, signer=decision["name"])
    told = {"titles": _labels(titles_by_id(session, decision["titles"])), "ground": GROUNDS[decision["ground"]]}
    return revocation.render_report(
        _revocation(enterprise, rows, head, legal_ground=decision["legal_ground"], ended_on=on, **told)
    )


def _revocation(enterprise: Enterprise, rows: _Rows, letterhead: Any, **told: Any) -> revocation.Revocation:
    findings = rows.one("findings")
    lines = [f"{row['fact']}：{RESULTS[row['result']]}。{row['finding']}" for row in findings.get("rows", ())]
    return revocation.Revocation(
        letterhead=letterhead,
        enterprise=enterprise.name,
        code=enterprise.id,
        findings="\n".join(lines),
        statement=rows.one("statement").get("text", ""),
        **told,
    )


class _Rows:
    """The working rows of an instance."""

    def __init__(self, session: Session, instance: ProcessInstance) -> None:
        self._session, self._id = session, instance.id

    def one(self, kind: str) -> Row:
        found = self._session.get(WorkingRow, (self._id, kind, ""))
        return dict(found.value) if found else {}

    def last(self, kind: str) -> Row:
        where = (WorkingRow.instance_id == self._id, WorkingRow.kind == kind)
        found = self._session.scalars(select(WorkingRow.value).where(*where).order_by(WorkingRow.key.desc())).first()
        return dict(found) if found else {}


def _enterprise(session: Session, instance: ProcessInstance) -> Enterprise:
    return session.get_one(Enterprise, instance.enterprise_id)


def _labels(titles: list[Title]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label_of(title.level) for title in titles))
