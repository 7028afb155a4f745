"""How an objection ends: answered, refused, or dropped; and who is told what, never by whom it was raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from app.models.enterprise import Title
from app.models.recognition import Application, Objection, RecognitionBatch
from app.services.cases import Action, Case, Data
from app.services.objection.rows import objection_of
from app.services.public_notice.rows import lock_notice, open_objections
from app.services.telling import tell
from app.terms import InstanceStatus, TitleStatus

RESULTS = {"upheld": "成立", "partly": "部分成立", "dismissed": "不成立"}
KINDS = {"wrong_figures": "数据失实", "fraud": "弄虚作假", "unmet": "条件不符", "other": "其他"}
SETTLED = "objections_settled"
Row = Mapping[str, Any]


def refuse_objection(case: Case, data: Data) -> None:
    row = objection_of(case)
    row.status, row.ended_on = "refused", case.today
    _tell_objector(case, row, f"您提出的异议不予受理。{row.reason}")
    case.session.flush()


def answer_objector(case: Case, data: Data) -> None:
    """The result goes into the notice's row; what was established goes on by messages."""
    row, decision = objection_of(case), case.row("decision") or {}
    row.status, row.ended_on = "answered", case.today
    row.result, row.reason, row.answer = decision["outcome"], decision["opinion_text"], decision["answer"]
    row.rows = [_result(each) for each in decision["rows"]]
    case.session.flush()
    _tell_objector(case, row, row.answer)
    for each in row.rows:
        _tell_firm(case, row, each)
        if each["result"] == "upheld":
            _follow(case, row, each)


def record_objection_end(case: Case, data: Data) -> None:
    """What was found so far is kept; it may still be a lead against a title."""
    row = objection_of(case)
    row.status, row.ended_on = "dropped", case.today
    findings = (case.row("findings") or {}).get("findings", [])
    if any(each["verdict"] != "false" for each in findings):
        case.put("lead", "", {"findings": findings, "rows": row.rows})
    case.session.flush()


def ended(case: Case) -> None:
    """The notice goes on when no other objection is open; a message to one that no longer waits is dropped."""
    row = objection_of(case)
    if case.instance.status == InstanceStatus.CANCELLED:
        row.status, row.ended_on = "dropped", case.today
        case.session.flush()
    if lock_notice(case, row.notice_id) == "waiting" and not open_objections(case, row.notice_id):
        told = {"name": SETTLED, "key": row.notice.key, "sender": case.instance.id}
        case.effect(f"{SETTLED}:{row.key}", "message", **told)


def _result(each: Row) -> dict[str, Any]:
    told = {name: each[name] for name in ("result", "kind", "remark") if each.get(name)}
    return {"key": each["credit_code"], **told}


def _tell_objector(case: Case, row: Objection, text: str) -> None:
    """By the account, where it came by one; a letter or a call is the bureau's."""
    if row.person_id is not None:
        tell(case, [f"person:{row.person_id}"], f"异议答复：{row.notice.subject}", text, "answered")


def _tell_firm(case: Case, row: Objection, each: Row) -> None:
    kind = f"（{KINDS[each['kind']]}）" if each.get("kind") else ""
    text = f"公示期间收到对贵企业的异议，经核查认定{RESULTS[each['result']]}{kind}。{row.reason}"
    tell(case, [f"enterprise:{each['key']}"], f"异议核查情况：{row.notice.subject}", text, f"firm:{each['key']}")


def _follow(case: Case, row: Objection, each: Row) -> None:
    ground = {"sender": case.instance.id, "source": "objection", "reason": row.reason, "objection_key": row.key}
    application = _application(case, row, each["key"])
    if each["kind"] == "fraud" and application is not None:
        told = {"name": "fraud_established", "key": application, **ground}
        case.effect(f"fraud_established:{application}", "message", **told)
    if _holds_title(case, each["key"]):
        told = {"name": "title_doubted", "key": each["key"], "enterprise_id": each["key"], **ground}
        case.effect(f"title_doubted:{row.key}:{each['key']}", "message", **told)


def _application(case: Case, row: Objection, enterprise_id: str) -> str | None:
    """Business key of the application that the notice's batch has from this enterprise."""
    wanted = (
        select(Application.key)
        .join(RecognitionBatch, RecognitionBatch.id == Application.batch_id)
        .where(RecognitionBatch.instance_id == row.notice.instance_id, Application.enterprise_id == enterprise_id)
    )
    return case.session.scalar(wanted)


def _holds_title(case: Case, enterprise_id: str) -> bool:
    held = (Title.enterprise_id == enterprise_id, Title.status == TitleStatus.VALID.value)
    return bool(case.session.scalar(select(exists().where(*held))))


ACTIONS: Mapping[str, Action] = {
    f"objection.{action.__name__}": action for action in (refuse_objection, answer_objector, record_objection_end)
}
