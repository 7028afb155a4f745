"""The papers of 年度反馈, drawn when asked for: notice, late list, the report of a unit and that of the year."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app import clock
from app.documents import annual_report, late_list, notice, unit_report
from app.documents.paper import Letterhead
from app.duties.december_report_content import text_column
from app.duties.quantity import in_words, to_decimal
from app.errors import NotFound
from app.models.december_report import DecemberReport
from app.models.organization import GROUP, OFFICE, Unit
from app.models.process import ProcessInstance, WorkingRow
from app.queries.settled_indicators import plan_of_year, settled_indicators
from app.services.december_report.late import contacts_of, open_steps, unsent_reports
from app.services.house import House
from app.terms import Nature

Row = dict[str, Any]


def notice_paper(session: Session, house: House, year: int) -> bytes:
    """关于报送年度工作推进成效和下一年工作重点的通知. Raises NotFound before it is confirmed."""
    told = _Campaign(session, year).row("notice")
    if not told:
        raise NotFound
    plan = plan_of_year(session, year)
    contact = f"{told['name']}，{told['phone']}"
    return notice.render(
        notice.Notice(
            letterhead=_letterhead(session, told["number"], "各有关单位", _day(told["on"]), contact=contact),
            year=year,
            plan=plan.title,
            plan_number=plan.number,
            opens_on=date(year, 12, 1),
            due_on=_day(told["due_on"]),
            contents=tuple(filter(None, map(str.strip, told["text"].splitlines()))),
        )
    )


def late_list_paper(session: Session, house: House, year: int) -> bytes:
    """逾期未报单位清单 as it stands today."""
    campaign, today = _Campaign(session, year), clock.today()
    told = campaign.row("notice")
    if not told:
        raise NotFound
    due_on, unsent = _day(told["due_on"]), unsent_reports(session, year)
    steps = open_steps(session, [report.instance_id for report, _ in unsent])
    contacts = contacts_of(session, [unit.id for _, unit in unsent])
    rows = tuple(
        late_list.LateUnit(
            unit=unit.short_name,
            step=steps[report.instance_id].name if report.instance_id in steps else "",
            contact=contacts.get(unit.id, ""),
            days_late=max(0, house.calendar.count(due_on, today)),
            times_urged=steps[report.instance_id].urged_count if report.instance_id in steps else 0,
        )
        for report, unit in unsent
    )
    expected = sum(not row["exempt"] for row in campaign.rows("unit"))
    agency = session.get_one(Unit, OFFICE).short_name
    return late_list.render(late_list.LateList(agency, f"{year}年度反馈", due_on, today, expected, rows))


def unit_report_paper(session: Session, house: House, year: int, unit_id: str) -> bytes:
    """{unit}年度反馈, the version that was signed last. Raises NotFound before that."""
    report = session.scalars(select(DecemberReport).filter_by(year=year, unit_id=unit_id)).one_or_none()
    if report is None or not report.answers:
        raise NotFound
    signed = _last_version(session, report.instance_id)
    answers, indicators = report.answers, settled_indicators(session, plan_of_year(session, year))
    return unit_report.render(
        unit_report.UnitReport(
            unit=session.get_one(Unit, unit_id).name,
            year=year,
            figures=tuple(
                _figure(row, indicators[row["no"]].comparator, indicators[row["no"]].unit)
                for row in answers.get("figures", ())
            ),
            results=tuple(map(_result, answers.get("measures", ()))),
            promises=tuple(f"{row['title']}：{row.get('note', '')}" for row in answers.get("priority_review", ())),
            matters=tuple(unit_report.Told(row["title"], row.get("note", "")) for row in answers.get("matters", ())),
            problems=answers["problems"],
            priorities=tuple(unit_report.Told(row["title"], row["content"]) for row in answers["priorities"]),
            cases=tuple(unit_report.Told(row["title"], row["text"]) for row in answers.get("cases", ())),
            drafter=signed["drafter"],
            signer=signed["name"],
            signed_on=_day(signed["on"]),
            round=report.round,
        )
    )


def annual_report_paper(session: Session, house: House, year: int) -> bytes:
    """{year}年度工作总结报告; without number until it is issued. Raises NotFound before it is written."""
    campaign = _Campaign(session, year)
    written, issued, fixed = campaign.row("annual"), campaign.row("issued"), campaign.row("annual_figures")
    if not written:
        raise NotFound
    comparators = {no: row.comparator for no, row in settled_indicators(session, plan_of_year(session, year)).items()}
    figures = fixed.get("rows") or written.get("indicators", ())
    issued_on = _day(issued["on"]) if issued else clock.today()
    addressee = session.get_one(Unit, GROUP).short_name
    letterhead = _letterhead(session, issued.get("number", ""), addressee, issued_on, signer=fixed.get("name", ""))
    return annual_report.render(
        annual_report.AnnualReport(
            letterhead=letterhead,
            year=year,
            plan=plan_of_year(session, year).short_title,
            overview=written["overall"],
            actions=tuple(annual_report.ActionResult(row["name"], row["text"]) for row in written["actions"]),
            indicators=tuple(_indicator(row, comparators[row["no"]]) for row in figures),
            problems=tuple(written["problems"].splitlines()),
            priorities=tuple(written["priorities"].splitlines()),
            silent_units=tuple(row["name"] for row in campaign.rows("missing") if row["state"] == "unsent"),
        )
    )


class _Campaign:
    """The working rows of a year's campaign. Raises NotFound when there is none."""

    def __init__(self, session: Session, year: int) -> None:
        wanted = select(ProcessInstance).options(defer(ProcessInstance.state))
        found = session.scalars(wanted.filter_by(definition_key="december_report", year=year)).one_or_none()
        if found is None:
            raise NotFound
        self._session, self._id = session, found.id

    def row(self, kind: str) -> Row:
        found = self._session.get(WorkingRow, (self._id, kind, ""))
        return dict(found.value) if found else {}

    def rows(self, kind: str) -> list[Row]:
        """In the order of the units."""
        found = self._session.scalars(select(WorkingRow.value).filter_by(instance_id=self._id, kind=kind))
        return sorted(map(dict, found), key=lambda row: row["position"])


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _last_version(session: Session, instance_id: str) -> Row:
    wanted = {"instance_id": instance_id, "kind": "version"}
    rows = session.scalars(select(WorkingRow.value).filter_by(**wanted).order_by(WorkingRow.key)).all()
    return dict(rows[-1])


def _letterhead(
    session: Session, number: str, addressee: str, issued_on: date, *, signer: str = "", contact: str = ""
) -> Letterhead:
    office = session.get_one(Unit, OFFICE)
    return Letterhead(
        office.name, number, addressee, issued_on, signer=signer, contact=contact, printer=office.short_name
    )


def _figure(row: Row, comparator: str, unit: str) -> unit_report.Figure:
    notes = (row.get("change_reason"), row.get("gap_reason"))
    return unit_report.Figure(
        number=row["no"],
        indicator=row["name"],
        target=_words(row.get("target"), unit, comparator),
        done=_words(row["value"], unit),
        nature=Nature(row["nature"]).label if row.get("nature") else "",
        note="；".join(filter(None, notes)),
    )


def _result(row: Row) -> unit_report.Told:
    text = row.get(text_column({"lead": row.get("lead", False)}), "")
    return unit_report.Told(row["title"], "\n".join(filter(None, [text, row.get("highlight")])))


def _indicator(row: Row, comparator: str) -> annual_report.IndicatorResult:
    return annual_report.IndicatorResult(
        number=row["no"],
        indicator=row["name"],
        target=_words(row.get("target"), row["unit"], comparator),
        done=_words(row.get("done"), row["unit"]) or "未报送",
        ratio=row.get("ratio", ""),
        note=row.get("note", ""),
    )


def _words(value: Any, unit: str, comparator: str = "eq") -> str:
    return "" if value is None else in_words(to_decimal(value), unit, comparator)
