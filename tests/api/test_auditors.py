"""What auditors do on their screens, done by programs: search, event logs, differences, bundles; and it is recorded."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select

from app import clock
from app.models.event import ACCESS, EventPayload
from app.queries import histories
from app.services import administration, event_log_parts
from app.services.house import House
from app.terms import Access, Act
from app.views.access_log import NOTED
from tests import sealing, walks
from tests.api.conftest import CallAs
from tests.events import filled
from tests.ledger.test_xes import read, schema
from tests.tools.bundles import judged

EVERYTHING = ("/events", "/events.csv", "/accesses", "/event-log.xes", "/event-log.csv")
OF_ONE = ("/event-log.xes", "/event-log.csv", "/bundle.zip", "/events", "/difference?from=1&event=2")


@pytest.fixture
def house(any_house: House) -> House:
    return any_house


@pytest.fixture
def history(house: House) -> Iterator[str]:
    """A process, and an act of administration after it, that have their lines."""
    id_ = walks.walked(house, "linear")
    with house.database.transaction() as session:
        administration.record(session, "security_admin", Act.ROLES_SET, person="signer", before=[], after=["leader"])
    filled(house)
    with clock.held(walks.BEGIN.replace(month=2)):
        yield id_


def noted(house: House) -> list[tuple[str, str, str]]:
    """What was looked at, in its order: by whom, which access, and of what."""
    with house.database.reading() as session:
        bodies = session.scalars(
            select(EventPayload.body).where(EventPayload.stream == ACCESS).order_by(EventPayload.seq)
        )
        return [(told["access"], told["what"], told["path"]) for told in map(json.loads, bodies)]


def test_events_of_both_kinds_are_found_page_after_page(house: House, call_as: CallAs, history: str) -> None:
    auditor = call_as("auditor")
    filled(house)  # the tokens too

    found = auditor.items("/events", limit=3)
    done = auditor.items("/events", unit="office", verb="user_task_completed", q="linear", until_on="9999-12-31")
    acts = auditor.items("/events", kind="administration", verb="roles_set", from_on="0001-01-01")

    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    assert {one["kind"] for one in found} == {"business", "administration"}
    assert {(one["instance"], one["actor"], one["name"], one["told"]) for one in done} == {
        (history, "office", "周文博", None)
    }
    assert [(one["concerned"], one["told"]["after"]) for one in acts] == [("signer", ["leader"])]
    assert call_as("security_admin").items("/events", kind="business") == []
    assert [one["verb"] for one in call_as("office").items("/events", kind="administration")] == []


def test_a_search_for_words_says_how_far_it_looked(
    call_as: CallAs, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queries.event_search.LINES", 2)

    page = call_as("auditor").get("/events", q="nothing").json

    assert page["items"] == []
    assert page["looked_until"]
    assert page["next_cursor"]


def test_what_is_found_is_a_table_and_its_histories_an_event_log(
    house: House, call_as: CallAs, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks.started(house, "mi_par")
    filled(house)
    auditor, asked = call_as("auditor"), {"verb": "user_task_completed"}

    table = list(csv.reader(StringIO(auditor.get("/events.csv", **asked).data.decode("utf-8-sig"))))
    log = auditor.get("/events.xes", **asked).data

    schema("xes-1849-2016.xsd").assertValid(etree.fromstring(log))
    assert [trace["duban:instance"] for trace, *_ in read(log)] == [history]
    assert len(table) == len(auditor.items("/events", **asked)) + 1
    monkeypatch.setattr("app.api.event_search.MOST", 1)
    for path in ("/events.csv", "/events.xes"):
        refused = auditor.get(path)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "from_on")


def test_event_logs_are_valid_and_of_what_was_chosen(
    house: House, call_as: CallAs, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = walks.started(house, "mi_par")
    monkeypatch.setattr(event_log_parts, "AT_ONCE", 1)
    monkeypatch.setattr(histories.ids, "__defaults__", (None, 1))
    auditor = call_as("auditor")

    whole, one = auditor.get("/event-log.xes"), auditor.get(f"/process-instances/{history}/event-log.xes")

    for log in (whole.data, one.data):
        schema("xes-1849-2016.xsd").assertValid(etree.fromstring(log))
    assert "attachment" in whole.headers["Content-Disposition"]
    assert {trace["duban:instance"] for trace, *_ in read(whole.data)} == {history, other}
    assert [trace["duban:instance"] for trace, *_ in read(one.data)] == [history]
    for query, ids in (
        ({"definition_key": "mi_par"}, {other}),
        ({"status": "completed", "q": "LINEAR"}, {history}),
        ({"person": "office", "unit": "office"}, {history, other}),
        ({"year": 1999}, set()),
        ({"person": "auditor"}, set()),
        ({"from_on": "0001-01-01", "until_on": "9999-12-31"}, {history, other}),
    ):
        found = auditor.get("/event-log.xes", **query)
        assert {trace["duban:instance"] for trace, *_ in read(found.data)} == ids, query
    table = csv.DictReader(StringIO(auditor.get("/event-log.csv", status="completed").data.decode("utf-8-sig")))
    steps = csv.DictReader(
        StringIO(auditor.get(f"/process-instances/{history}/event-log.csv").data.decode("utf-8-sig"))
    )
    assert list(table) == list(steps)


def test_the_bundle_of_one_history_is_green(house: House, call_as: CallAs, history: str, tmp_path: Path) -> None:
    sealing.checkpoint(house)

    answer = call_as("auditor").get(f"/process-instances/{history}/bundle.zip")

    report = judged(tmp_path, answer.data)
    assert report is not None
    assert report.is_green, report.as_text()


def test_two_moments_differ_in_what_was_done_between_them(house: House, call_as: CallAs, history: str) -> None:
    auditor, path = call_as("auditor"), f"/process-instances/{history}/difference"
    last = walks.instance_of(house, history).head_seq

    whole = auditor.get(path, **{"from": 1}, event=last).json
    nothing = auditor.get(path, **{"from": 2}, event=2).json

    assert whole["status"] == "completed"
    assert whole["done"]
    assert [task["element_id"] for task in whole["left"]]
    assert {change["before"] for change in whole["answers"]} == {None}
    assert not any(nothing.values())
    for query, status in (({"from": 2, "event": 1}, 422), ({"from": 1, "event": 999}, 404), ({"from": 1}, 422)):
        assert auditor.get(path, **query).status_code == status


def test_each_reading_is_in_the_access_record_like_the_screen_s(house: House, call_as: CallAs, history: str) -> None:
    auditor, title = call_as("auditor"), walks.instance_of(house, history).title
    sealing.checkpoint(house)
    one = f"/process-instances/{history}"
    seen = [
        ("/events?unit=miit&verb=user_task_completed&q=年", Access.SEARCHED, "市工信局、办理、“年”"),
        ("/events.csv?person=office", Access.LINES_EXPORTED, "周文博"),
        ("/events.xes?person=office", Access.LOG_EXPORTED, "周文博"),
        ("/accesses", Access.ACCESSES_SHOWN, ""),
        (f"{one}/events", Access.HISTORY_OPENED, title),
        (f"{one}/difference?from=1&event=2", Access.HISTORY_OPENED, title),
        (f"{one}/event-log.xes", Access.LOG_EXPORTED, title),
        (f"{one}/event-log.csv", Access.LOG_EXPORTED, title),
        ("/event-log.xes?person=office", Access.LOG_EXPORTED, "周文博"),
        ("/event-log.csv", Access.LOG_EXPORTED, ""),
        (f"{one}/bundle.zip", Access.BUNDLE_EXPORTED, title),
    ]

    for address, _, _ in seen:
        answer = auditor.get(address)
        assert answer.status_code == 200, address
        assert answer.data, address
    assert auditor.get("/events?verb=nothing").status_code == 422
    assert auditor.get("/process-instances/none/bundle.zip").status_code == 404

    prefix = "/api/v1"
    assert noted(house) == [(access.value, what, prefix + path.split("?")[0]) for path, access, what in seen]
    assert len({name for name in NOTED if name.startswith("api.")}) == len(seen)
    filled(house)
    own = auditor.items("/accesses")
    assert [one["verb"] for one in reversed(own)] == [access.value for _, access, _ in seen]
    assert call_as("audit_admin").items("/accesses", person="leader") == []


def test_who_may_ask(house: House, call_as: CallAs, history: str) -> None:
    sealing.checkpoint(house)

    def statuses(login: str, paths: tuple[str, ...], start: str = "") -> list[int]:
        program = call_as(login)
        answers = [program.get(start + path) for path in paths]
        assert all(answer.data for answer in answers)
        return [answer.status_code for answer in answers]

    one = f"/process-instances/{history}"
    assert statuses("auditor", EVERYTHING) == [200] * 5
    assert statuses("office", EVERYTHING) == [200, 200, 403, 200, 200]
    assert statuses("audit_admin", EVERYTHING) == [200, 200, 200, 403, 403]
    assert statuses("contact.sci", EVERYTHING) == [403] * 5
    assert statuses("leader", OF_ONE, one) == [200] * 5
    assert statuses("contact.sci", OF_ONE, one) == [403, 403, 403, 404, 404]
    assert statuses("audit_admin", ("/events.xes", "/rule-findings", "/rule-checks")) == [403, 200, 200]
    assert statuses("contact.sci", ("/rule-findings", "/rule-findings/1", "/rule-checks")) == [403] * 3
    assert statuses("auditor", OF_ONE, "/process-instances/none") == [404] * 5


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("/events", {"verb": "nothing"}, 422, "verb"),
        ("/events", {"kind": "access"}, 422, "kind"),
        ("/events", {"from_on": "tomorrow"}, 422, "from_on"),
        ("/events", {"until_on": "99999-01-01"}, 422, "until_on"),
        ("/events", {"said": "perhaps"}, 422, "said"),
        ("/events", {"q": "a" * 81}, 422, "q"),
        ("/events", {"limit": 201}, 422, "limit"),
        ("/events", {"page": 2}, 422, "page"),
        ("/events", {"cursor": "WzEuNV0"}, 400, None),
        ("/events", {"q": "\0"}, 400, None),
        ("/events.csv", {"limit": 5}, 422, "limit"),
        ("/accesses", {"unit": "sci"}, 422, "unit"),
        ("/event-log.xes", {"person": "nobody"}, 422, "person"),
        ("/event-log.xes", {"status": "lost"}, 422, "status"),
        ("/event-log.csv", {"year": 99999}, 422, "year"),
        ("/rule-findings", {"status": "all"}, 422, "status"),
        ("/rule-findings", {"cursor": "x"}, 400, None),
        ("/rule-findings/99999999999", {}, 404, None),
    ],
)
def test_what_is_no_request_is_named(
    call_as: CallAs, path: str, query: dict[str, object], status: int, field: str | None
) -> None:
    answer = call_as("auditor").get(path, **query)

    assert answer.status_code == status, answer.text
    assert [one["field"] for one in answer.json.get("errors") or [{"field": None}]] == [field]
