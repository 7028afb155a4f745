"""What completing a form of a package of targets writes down, and the scalars it gives to the gateways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from app.db import table_of
from app.duties.quantity import digits, is_ratio, to_decimal
from app.models.plan import Discrepancy
from app.models.process import Subscription
from app.queries.settled_indicators import plan_of_year
from app.services.annual_target.package import (
    Row,
    item_key,
    items_of,
    open_discrepancies,
    package_row,
    put_items,
    units_by_id,
    year_of,
)
from app.services.cases import Case, FormTask
from app.services.document_numbers import FORMAL, give_number

Answers = Mapping[str, Any]
Scalars = Mapping[str, Any]
Receive = Callable[[Case, FormTask, Answers], Scalars]

SUBSCRIPTION = table_of(Subscription)
CLOSED = "target_collection_closed"
OFFICE_WORD, GROUP_WORD = "领导小组办公室", "领导小组"


def settle_basis(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """The settlement goes to the plan's own rows: every duty counts by it from now on."""
    plan = plan_of_year(case.session, year_of(case))
    open_rows = {row.key: row for row in open_discrepancies(case.session, plan, package_row(case)["numbers"])}
    unit_ids = {unit.short_name: unit.id for unit in units_by_id(case.session).values()}
    for answer in answers["rows"]:
        if answer["id"] in open_rows:
            _settle(case, open_rows[answer["id"]], answer, unit_ids)
    case.session.flush()
    return {}


def _settle(case: Case, row: Discrepancy, answer: Answers, unit_ids: Mapping[str, str]) -> None:
    row.binding = answer["binding"]
    row.basis_text = answer["basis_text"].strip()
    if answer.get("binding_value") is not None and row.binding == "other":
        row.binding_value = to_decimal(answer["binding_value"])
    if row.kind == "basis":
        row.base_value = to_decimal(answer["base_value"])
        row.base_as_of = date.fromisoformat(answer["base_as_of"])
    if row.kind == "lead":
        row.lead_id = unit_ids[answer["lead_unit"]]
    row.settled_at, row.instance_id = case.at, case.instance.id


def chase_proposals(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """截止收集: the message ends the waiting; what is missing is filled in when it arrives.

    It is meant for the collection of now: where the last proposal came at the same time, it must not end a later one.
    """
    reason = answers["reason"].strip()
    case.put("collection", "", {"reason": reason})
    where = (SUBSCRIPTION.c.instance_id == case.instance.id, SUBSCRIPTION.c.message == CLOSED)
    waiting = case.connection.execute(select(SUBSCRIPTION.c.task_id).where(*where)).scalar_one_or_none()
    if waiting is not None:
        key = f"{CLOSED}:{task.id}"
        case.effect(key, "message", name=CLOSED, key=case.instance.business_key, only=waiting, reason=reason)
    return {}


def review_package(case: Case, task: FormTask, answers: Answers) -> Scalars:
    notes = {row["no"]: str(row.get("gap_note") or "").strip() for row in answers["items"]}
    put_items(case, ({**item, "gap_note": notes.get(item["no"], "")} for item in items_of(case)))
    case.put("cover", "", {"note": str(answers.get("cover_note") or "").strip()})
    if answers["outcome"] == "return_items":
        _return_items(case, answers["items"], OFFICE_WORD)
    return {"outcome": answers["outcome"]}


def sign_package(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """The paper to the leading group gets its number with the first signature and keeps it."""
    if answers["outcome"] == "yes":
        known = case.row("request") or {}
        number = known.get("number") or _request_number(case)
        signed = {"number": number, "signed_by": case.actor.name, "signed_on": case.today.isoformat()}
        case.put("request", "", signed)
    return {"outcome": answers["outcome"]}


def approve_package(case: Case, task: FormTask, answers: Answers) -> Scalars:
    if answers["outcome"] == "approved_in_part":
        _return_items(case, answers["items"], GROUP_WORD)
    if answers["outcome"] == "approved":
        told = {name: answers.get(name) for name in ("mode", "meeting_date", "minutes_no", "opinion_text", "sheet")}
        case.put("approval", "", {**told, "by": case.actor.login, "at": case.at.isoformat()})
    return {"outcome": answers["outcome"]}


def confirm_breakdown(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """An undivided count stays with the city, whatever stands in its cells; a ratio keeps them."""
    items = {item["no"]: item for item in items_of(case)}
    rows = {}
    for answer in answers["rows"]:
        item = items[answer["no"]]
        is_divided = answer["method"] != "undivided" or is_ratio(item["unit"], item["name"])
        cells = {unit: digits(to_decimal(share)) for unit, share in answer["cells"].items()} if is_divided else {}
        rows[item_key(answer["no"])] = {
            "no": answer["no"], "method": answer["method"], "cells": cells, "held": "0", "reason": ""
        }  # fmt: skip
    case.put_all("breakdown", rows)
    return {}


def settle_breakdown(case: Case, task: FormTask, answers: Answers) -> Scalars:
    """What is missing is laid upon localities, or held at city level with a reason."""
    shares = case.rows("breakdown")
    for answer in answers["rows"]:
        share = shares[item_key(answer["no"])]
        for unit, added in answer["cells"].items():
            share["cells"][unit] = digits(to_decimal(share["cells"].get(unit, 0)) + to_decimal(added))
        share["held"] = digits(to_decimal(answer["held"]))
        share["reason"] = str(answer.get("reason") or "").strip()
    case.put_all("breakdown", shares)
    return {}


def issue_letters(case: Case, task: FormTask, answers: Answers) -> Scalars:
    told = {"signed_on": str(answers["signed_on"]), "opinion_text": answers.get("opinion_text", "")}
    case.put("letters", "", {**told, "by": case.actor.name})
    return {"outcome": answers["outcome"]}


def _return_items(case: Case, rows: list[Row], by: str) -> None:
    reasons = {row["no"]: row["return_reason"].strip() for row in rows if row.get("return")}
    returned = {"state": "returned", "returned_by": by}
    put_items(
        case,
        (
            {**item, **returned, "return_reason": reasons[item["no"]]}
            for item in items_of(case)
            if item["no"] in reasons
        ),
    )


def _request_number(case: Case) -> str:
    agency_code = plan_of_year(case.session, year_of(case)).agency_code
    return give_number(case.connection, agency_code, FORMAL, case.today.year)


PACKAGE_ANSWERS: Mapping[str, Receive] = {
    receive.__name__: receive
    for receive in (
        settle_basis,
        chase_proposals,
        review_package,
        sign_package,
        approve_package,
        confirm_breakdown,
        settle_breakdown,
        issue_letters,
    )
}
