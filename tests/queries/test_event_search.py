"""Everything that was ever done is found by each filter, by words and within what was said, by whom it may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.errors import BadRequest
from app.models.event import ACCESS, ADMINISTRATION
from app.models.event_line import BUSINESS, EventLine
from app.queries import event_search
from app.queries.event_lines import lines
from app.queries.event_search import Wanted
from app.queries.event_verbs import KINDS, VERBS
from app.queries.paging import cursor_at
from app.services import accesses, accounts
from app.services.house import House
from app.terms import Access, Act, EventType, Role
from tests.events import filled, found
from tests.factories import actor, house_on
from tests.signatures import reports_to_sign
from tests.statements import counted

DAY = date(2024, 12, 20)  # on which the reports were drafted
COMPLETED = EventType.TASK_COMPLETED.value


@pytest.fixture(scope="module")
def office(loaded_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Reports of three units, a role that was given, and two accesses; all have their lines. Here it is only read."""
    folder = tmp_path_factory.mktemp("events")
    copy = folder / "duban.sqlite3"
    copy.write_bytes(loaded_file.read_bytes())
    house = house_on(f"sqlite:///{copy}", folder)
    reports_to_sign(house)
    signer = actor(house, "signer").person_id
    assert signer is not None
    with house.database.transaction() as session:
        accounts.set_roles(session, actor(house, "security_admin"), signer, [Role.LEADER])
    accesses.note(house, actor(house, "auditor"), Access.SEARCHED, "市工信局", address="127.0.0.1")
    accesses.note(house, actor(house, "office"), Access.HISTORY_OPENED, "一件事")
    filled(house)
    yield house
    house.close()


def of_person(line: EventLine) -> bool:
    return "contact.miit" in (line.actor, line.on_behalf_of, line.concerned)


@pytest.mark.parametrize(
    ("wanted", "is_wanted"),
    [
        (Wanted(), lambda line: True),
        (Wanted(person="contact.miit"), of_person),
        (Wanted(person="signer"), lambda line: line.concerned == "signer"),
        (Wanted(unit_id="miit"), lambda line: "miit" in (line.unit_id, line.subject_unit_id)),
        (Wanted(duty="december_report"), lambda line: line.duty == "december_report"),
        (Wanted(verb=COMPLETED), lambda line: line.verb == COMPLETED),
        (Wanted(verb=Act.ROLES_SET.value), lambda line: line.verb == Act.ROLES_SET),
        (Wanted(kind=ADMINISTRATION), lambda line: line.kind == ADMINISTRATION),
        (Wanted(text="年度反馈 市工信局"), lambda line: "年度反馈" in line.words and "市工信局" in line.words),
        (Wanted(unit_id="miit", verb=COMPLETED, person="contact.miit"),
         lambda line: line.actor == "contact.miit" and line.verb == COMPLETED),
    ],
)  # fmt: skip
def test_each_filter_finds_its_own(office: House, wanted: Wanted, is_wanted: Callable[[EventLine], bool]) -> None:
    with office.database.reading() as session:
        newest_first = select(EventLine).order_by(EventLine.at.desc(), EventLine.id.desc())
        everything = [line for line in session.scalars(newest_first) if line.kind != ACCESS]

    own = [line.id for line in everything if is_wanted(line)]
    assert own
    assert [line.id for line in found(office, wanted)] == own


def test_days_are_those_of_china_and_both_count(office: House) -> None:
    on_the_day = found(office, Wanted(from_on=DAY, until_on=DAY, kind=BUSINESS))

    assert on_the_day
    assert {line.at.date() for line in on_the_day} == {DAY}
    assert found(office, Wanted(until_on=date(2024, 1, 1), kind=BUSINESS)) == []
    assert len(found(office, Wanted(from_on=DAY, kind=BUSINESS))) == len(on_the_day)


def test_a_text_without_a_wildcard_is_looked_for_as_it_is(office: House) -> None:
    assert found(office, Wanted(text="%")) == []
    assert found(office, Wanted(enterprise="没有这家企业")) == []


def test_what_was_said_is_found_by_those_who_may_read_it(office: House) -> None:
    said = "state_hash"  # stands in what an event says, and in no line

    assert found(office, Wanted(text=said)) == []
    assert found(office, Wanted(text=said, in_payloads=True))
    assert found(office, Wanted(text=said, in_payloads=True), "audit_admin") == []
    assert found(office, Wanted(text="office_signer", in_payloads=True, kind=ADMINISTRATION), "security_admin")


@pytest.mark.parametrize(
    ("login", "kinds"),
    [
        ("auditor", {BUSINESS, ADMINISTRATION}),
        ("audit_admin", {BUSINESS, ADMINISTRATION}),
        ("security_admin", {ADMINISTRATION}),
        ("office", {BUSINESS}),
        ("leader", {BUSINESS}),
        ("contact.miit", set()),
        ("system_admin", set()),
    ],
)
def test_a_reader_finds_the_kinds_that_are_hers(office: House, login: str, kinds: set[str]) -> None:
    assert {line.kind for line in found(office, Wanted(), login)} == kinds
    for kind in {BUSINESS, ADMINISTRATION, ACCESS} - kinds:
        assert found(office, Wanted(kind=kind), login) == []


def test_accesses_are_all_for_the_audit_administrator_and_her_own_for_everybody_else(office: House) -> None:
    def seen(login: str, wanted: Wanted = Wanted()) -> list[str | None]:  # noqa: B008 a frozen question
        with office.database.reading() as session:
            return [line.actor for line in event_search.accesses(session, actor(office, login), wanted).lines]

    assert seen("audit_admin") == ["office", "auditor"]
    assert seen("audit_admin", Wanted(verb=Access.SEARCHED.value)) == ["auditor"]
    assert seen("auditor") == ["auditor"]
    assert seen("auditor", Wanted(person="office")) == []


def test_a_search_that_looks_into_words_says_how_far_it_came(office: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_search, "LINES", 3)
    everything = found(office, Wanted())
    last = everything[-1]
    with office.database.reading() as session:
        page = event_search.search(session, actor(office, "auditor"), Wanted(text=last.words))

    assert list(page.lines) == []
    assert page.looked_until == everything[2].at
    assert [line.id for line in found(office, Wanted(text=last.words))] == [last.id]


def test_pages_follow_each_other_without_a_gap(office: House) -> None:
    for wanted in (Wanted(), Wanted(person="contact.miit"), Wanted(unit_id="miit", duty="december_report")):
        whole = [line.id for line in found(office, wanted)]
        paged: list[int] = []
        cursor = None
        with office.database.reading() as session:
            while True:
                page = event_search.search(session, actor(office, "auditor"), wanted, cursor, limit=2)
                paged += [line.id for line in page.lines]
                cursor = page.next_cursor
                if cursor is None:
                    break
        assert paged == whole


@pytest.mark.parametrize("cursor", ["nonsense", cursor_at("x", 1), cursor_at(1)])
def test_a_foreign_cursor_is_refused(office: House, cursor: str) -> None:
    with office.database.reading() as session, pytest.raises(BadRequest):
        event_search.search(session, actor(office, "auditor"), Wanted(), cursor)


def test_names_are_read_without_a_statement_a_line(office: House) -> None:
    with office.database.reading() as session, counted(office) as statements:
        page = event_search.search(session, actor(office, "auditor"), Wanted(unit_id="miit"))
        shown = lines(session, page.lines)

    assert len(shown) == len(page.lines) > 1
    assert "市工信局联络员" in {line.who for line in shown}
    assert len([one for one in statements if one.startswith("SELECT")]) <= 7


def test_every_verb_has_one_word_and_belongs_to_one_kind() -> None:
    listed = [verb.value for verbs in KINDS.values() for verb in verbs]

    assert len(listed) == len(set(listed))
    assert set(VERBS) - set(listed) == {EventType.ADMINISTERED, EventType.ACCESSED}
