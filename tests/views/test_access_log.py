"""查阅记录: what a reader of everything looks at is an event of a stream; what cannot be recorded is not shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app import clock
from app.models.event import ACCESS, EventPayload
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.services import accesses, attachments, audit
from app.services.attachments import Upload
from app.services.house import House
from app.terms import Access
from app.views.access_log import NOTED
from tests import walks
from tests.applications import SignIn
from tests.events import filled
from tests.factories import actor

PREFIXES = ("/histories", "/history", "/events", "/accesses", "/administration-events")
LISTS = {"histories.page", "history_processes.page"}  # what there is, nothing of any of it


@pytest.fixture
def history(house: House) -> Iterator[str]:
    id_ = walks.walked(house, "linear")
    with clock.held(walks.BEGIN.replace(month=2)):
        yield id_


def noted(house: House) -> list[tuple[str, str]]:
    """What was looked at, in its order: which access, and of what."""
    with house.database.reading() as session:
        bodies = session.scalars(
            select(EventPayload.body).where(EventPayload.stream == ACCESS).order_by(EventPayload.seq)
        )
        told = [json.loads(body or "{}") for body in bodies]
    assert all(one["address"] == "127.0.0.1" for one in told)
    return [(one["access"], one["what"]) for one in told]


def test_every_route_that_shows_a_history_is_recorded(app: Flask) -> None:
    shown = {route.endpoint for route in app.url_map.iter_rules() if route.rule.startswith(PREFIXES)}

    assert shown - NOTED.keys() == LISTS, "say in views/access_log.py what looking at this is"


def test_what_an_auditor_looks_at_is_an_event_each(sign_in: SignIn, house: House, history: str) -> None:
    client, title = sign_in("auditor"), walks.instance_of(house, history).title
    seen = [
        (f"/histories/{history}?event=2", Access.HISTORY_OPENED, title),
        (f"/histories/{history}/events/1/form", Access.FORM_SHOWN, title),
        (f"/histories/{history}/bundle.zip", Access.BUNDLE_EXPORTED, title),
        (f"/histories/{history}/events.xes", Access.LOG_EXPORTED, title),
        ("/histories/verification", Access.VERIFIED, ""),
        ("/events?unit=miit&verb=user_task_completed&q=年", Access.SEARCHED, "市工信局、办理、“年”"),
        ("/events/lines.csv?person=office", Access.LINES_EXPORTED, "周文博"),
        ("/accesses", Access.ACCESSES_SHOWN, ""),
        (f"/api/v1/process-instances/{history}/events", Access.HISTORY_OPENED, title),
    ]

    for address, _, _ in seen:
        assert client.get(address).status_code == 200, address

    assert noted(house) == [(access.value, what) for _, access, what in seen]
    assert audit.verify(house).faults == ()
    assert audit.verify_stream(house, ACCESS).events == len(seen)


def test_what_is_not_shown_is_not_recorded(sign_in: SignIn, house: House, history: str) -> None:
    client = sign_in("auditor")

    assert client.get("/histories/none").status_code == 404
    assert client.get("/events?from_on=tomorrow").status_code == 400
    assert client.get("/histories").status_code == 200
    assert noted(house) == []


def test_the_daily_work_of_a_unit_is_nobody_s_concern(sign_in: SignIn, house: House, history: str) -> None:
    with house.database.transaction() as session:
        session.execute(update(ProcessInstance).where(ProcessInstance.id == history).values(unit_id="miit"))

    assert sign_in("contact.miit").get(f"/histories/{history}").status_code == 200
    assert noted(house) == []


def test_files_are_recorded_where_an_auditor_takes_them(sign_in: SignIn, house: House) -> None:
    walks.started(house, "linear")
    with house.database.reading() as session:
        task_id = session.scalars(select(UserTask.id)).one()
    upload = Upload("佐证.pdf", BytesIO(b"%PDF-1.4\n%%EOF\n"))
    [file] = attachments.store(house, actor(house, "office"), task_id, [upload])

    for login in ("office", "auditor"):
        assert sign_in(login).get(f"/attachments/{file.id}").status_code == 200

    assert noted(house) == [(Access.FILE_TAKEN.value, "佐证.pdf")]


def test_what_cannot_be_recorded_is_refused(
    sign_in: SignIn, house: House, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(accesses.history, "append_to", away)
    client = sign_in("auditor")

    for address in (f"/histories/{history}", "/events", f"/api/v1/process-instances/{history}/events"):
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "查阅暂时无法登记" in (answer.get_json(silent=True) or {"detail": answer.text})["detail"]
        assert answer.headers["Retry-After"]
        assert walks.instance_of(house, history).title not in answer.text
    assert client.get("/histories").status_code == 200


def test_the_record_shows_all_to_the_audit_administrator_and_her_own_to_an_auditor(
    sign_in: SignIn, house: House, history: str
) -> None:
    sign_in("office").get(f"/histories/{history}")
    sign_in("auditor").get(f"/histories/{history}?event=2")
    filled(house)
    auditor, admin = sign_in("auditor").get("/accesses").text, sign_in("audit_admin").get("/accesses").text

    assert f'href="/histories/{history}?event=2"' in auditor
    assert "第 2 条记录" in auditor
    assert "周文博" not in auditor
    assert "周文博" in admin
    assert "没有符合条件的查阅记录" in sign_in("audit_admin").get("/accesses?person=leader").text
    assert sign_in("office").get("/accesses").status_code == 403
    text = sign_in("audit_admin").get("/accesses/lines.csv").data.decode("utf-8-sig")
    assert text.count("打开流程历史") == 2
