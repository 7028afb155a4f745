"""One enterprise enters the library, or waits for another list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.duties.lights import chinese_date
from app.duties.quantity import digits, to_decimal
from app.duties.size_rule import DEFAULT_INDUSTRY
from app.models.enterprise import Enterprise, EnterpriseYear, LibraryStay
from app.models.library import NominationRow
from app.queries.actor import enterprise_inbox
from app.services.cases import Case
from app.services.library_entry.rows import home_of, present_units
from app.services.plans import pinyin_of
from app.services.telling import tell
from app.terms import Source

ENTERED = "enterprise_entered"
FIGURES = ("revenue_wan", "staff")
WELCOME = (
    "贵企业已列入“千企升级”培育库，可享受分级培育、政策推送和服务专员走访。请每年按时更新企业信息，有诉求可在平台提出，"
    "或联系属地联络员。"
)


def enter(case: Case, row: NominationRow) -> None:
    """Once: who stands on two lists enters by its registered place, and the other row says so."""
    enterprise = case.session.get(Enterprise, row.enterprise_id, with_for_update=True)
    if enterprise is None:
        enterprise = _new_file(case, row)
        case.session.add(enterprise)
    if (text := _against(case, enterprise)) is not None:
        row.state, row.finding = "skipped", text
        return
    enterprise.library_since = case.today
    _take_over(case, enterprise, row)
    case.session.flush()
    case.session.add(
        LibraryStay(
            enterprise_id=enterprise.id,
            locality_id=row.locality_id,
            entered_on=case.today,
            instance_id=case.instance.id,
        )
    )
    row.state, row.finding = "entered", ""
    case.session.flush()
    key = f"{case.instance.id}:{ENTERED}:{enterprise.id}"
    case.effect(key, "message", name=ENTERED, key=enterprise.id, enterprise_id=enterprise.id, sender=case.instance.id)
    tell(case, [enterprise_inbox(enterprise.id)], "已列入“千企升级”培育库", WELCOME, f"entered:{enterprise.id}")


def hand_over(case: Case, row: NominationRow, locality: str, origin: str) -> None:
    """The row waits for the locality's next list, unless the enterprise waits there already."""
    wanted = (NominationRow.enterprise_id == row.enterprise_id, NominationRow.locality_id == locality)
    if case.session.scalars(select(NominationRow.id).where(*wanted, NominationRow.state == "pool")).first() is None:
        case.session.add(
            NominationRow(
                locality_id=locality,
                enterprise_id=row.enterprise_id,
                name=row.name,
                answers=row.answers,
                origin=origin,
                consent=row.consent,
                consent_on=row.consent_on,
                state="pool",
                created_at=case.at,
                created_by=case.actor.login,
            )
        )
        case.session.flush()


def _against(case: Case, enterprise: Enterprise) -> str | None:
    """What has come in between since the machine compared the list."""
    if enterprise.library_since is not None:
        return f"企业已在库（{chinese_date(enterprise.library_since)}入库）"
    if present_units(case.session)[enterprise.locality_id] != home_of(case):
        return "企业注册地不在本地"
    return None


def _new_file(case: Case, row: NominationRow) -> Enterprise:
    return Enterprise(
        id=row.enterprise_id,
        name=row.name,
        pinyin=pinyin_of(row.name),
        locality_id=row.locality_id,
        industry=row.answers.get("industry") or DEFAULT_INDUSTRY,
        source="入库推荐",
        changed_at=case.at,
    )


def _take_over(case: Case, enterprise: Enterprise, row: NominationRow) -> None:
    """What the list says newer than the file; figures only where last year has none."""
    answers = row.answers
    enterprise.chain = answers.get("chain") or enterprise.chain
    enterprise.product = answers.get("product") or enterprise.product
    enterprise.contact_name = answers.get("contact_name") or enterprise.contact_name
    enterprise.contact_phone = answers.get("contact_phone") or enterprise.contact_phone
    enterprise.industry = enterprise.industry or answers.get("industry") or DEFAULT_INDUSTRY
    enterprise.profile = {**(enterprise.profile or {}), "library_tier": answers.get("tier", "")}
    enterprise.changed_at = case.at
    year = case.today.year - 1
    wanted = (EnterpriseYear.enterprise_id == enterprise.id, EnterpriseYear.year == year)
    if case.session.scalars(select(EnterpriseYear.id).where(*wanted)).first() is None:
        case.session.flush()
        case.session.add(_figures(case, enterprise.id, year, answers))


def _figures(case: Case, code: str, year: int, answers: dict[str, Any]) -> EnterpriseYear:
    given = {name: digits(to_decimal(answers[name])) for name in FIGURES if answers.get(name) is not None}
    return EnterpriseYear(
        enterprise_id=code,
        year=year,
        figures=given,
        as_of=case.today.replace(year=year, month=12, day=31),
        source=Source.DEPARTMENT.value,
        recorded_at=case.at,
        recorded_by=case.actor.login,
        instance_id=case.instance.id,
    )
