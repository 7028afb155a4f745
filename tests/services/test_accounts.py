"""Accounts: who may be what, how people sign in, and what is written down of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.errors import NotPermitted, NotSignedIn, RuleViolation
from app.models.event import ADMINISTRATION, EventPayload, EventRow
from app.models.person import ApiToken, Person, SignInFailure, UserSession
from app.queries import credentials
from app.queries.actor import SYSTEM, Actor, actor_of
from app.services import accounts, password_changes, sessions, substitutions, tokens
from app.services import sign_in as signing_in
from app.services.accounts import NewPerson
from app.services.house import House
from app.services.passwords import Passwords, read_policy
from app.services.sign_in import sign_in
from app.terms import Role
from config import ROOT
from tests.factories import actor

PASSWORD = "Sunny-day 42"
HERE = "10.1.2.3"


def person_of(house: House, login: str) -> Person:
    with house.database.transaction() as session:
        return session.scalars(select(Person).where(Person.login == login)).one()


def give_password(house: House, login: str, password: str = PASSWORD) -> None:
    with house.database.transaction() as session:
        session.scalars(select(Person).where(Person.login == login)).one().password_hash = house.passwords.hash(
            password
        )


def acts(house: House) -> list[dict[str, object]]:
    """Payloads of the administration events, oldest first."""
    with house.database.reading() as session:
        where = (EventPayload.stream == ADMINISTRATION, EventPayload.body.is_not(None))
        bodies = session.scalars(select(EventPayload.body).where(*where).order_by(EventPayload.seq))
        return [json.loads(body or "") for body in bodies if '"act"' in (body or "")]


def whole_ledger(house: House) -> str:
    with house.database.reading() as session:
        return "".join(body or "" for body in session.scalars(select(EventPayload.body)))


# --- signing in ---


def test_the_right_password_opens_a_session_of_which_only_the_hash_is_kept(house: House) -> None:
    give_password(house, "office")

    key = sign_in(house, "office", PASSWORD, HERE)

    with house.database.reading() as session:
        person = sessions.live_session(session, key, clock.now())
        assert person is not None
        assert person.login == "office"
        assert session.get(UserSession, key) is None
    assert acts(house)[-1] == {"act": "sign_in", "address": HERE}
    assert PASSWORD not in whole_ledger(house)
    assert key not in whole_ledger(house)


def test_each_sign_in_has_a_new_key(house: House) -> None:
    give_password(house, "office")

    assert sign_in(house, "office", PASSWORD, HERE) != sign_in(house, "office", PASSWORD, HERE)


def test_an_unknown_name_is_answered_as_a_wrong_password(house: House) -> None:
    give_password(house, "office")

    with pytest.raises(NotSignedIn) as unknown:
        sign_in(house, "nobody", PASSWORD, HERE)
    with pytest.raises(NotSignedIn) as wrong:
        sign_in(house, "office", "wrong", HERE)

    assert unknown.value.text == wrong.value.text
    assert acts(house)[-1]["act"] == acts(house)[-2]["act"] == "sign_in_refused"


def test_an_unknown_name_costs_a_hash_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    matches = Passwords.matches
    monkeypatch.setattr(Passwords, "matches", lambda self, *texts: tried.append(texts) or matches(self, *texts))

    with pytest.raises(NotSignedIn):
        sign_in(house, "nobody", PASSWORD, HERE)

    assert tried == [("", PASSWORD)]
    assert not house.passwords.matches("", "")


def test_five_failures_lock_the_account_for_fifteen_minutes(house: House) -> None:
    give_password(house, "office")
    now = clock.now()
    with clock.held(now):
        for _ in range(signing_in.ACCOUNT_FAILURES):
            with pytest.raises(NotSignedIn):
                sign_in(house, "office", "wrong", HERE)

    with clock.held(now + timedelta(minutes=14)), pytest.raises(NotSignedIn):
        sign_in(house, "office", PASSWORD, HERE)
    with clock.held(now + timedelta(minutes=16)):
        assert sign_in(house, "office", PASSWORD, HERE)


def test_twenty_failures_of_one_address_close_it_for_every_name(house: House) -> None:
    give_password(house, "office")
    for number in range(signing_in.ADDRESS_FAILURES):
        with pytest.raises(NotSignedIn):
            sign_in(house, f"nobody{number}", "wrong", HERE)

    with pytest.raises(NotSignedIn, match="这台电脑"):
        sign_in(house, "office", PASSWORD, HERE)
    assert sign_in(house, "office", PASSWORD, "10.9.9.9")
    with clock.held(clock.now() + timedelta(minutes=16)):
        assert sign_in(house, "office", PASSWORD, HERE)


def test_failures_of_an_address_are_counted_anew_after_a_quiet_quarter_of_an_hour(house: House) -> None:
    now = clock.now()
    for minutes in (0, 1, 20):
        with clock.held(now + timedelta(minutes=minutes)), pytest.raises(NotSignedIn):
            sign_in(house, "nobody", "wrong", HERE)

    with house.database.reading() as session:
        assert session.get_one(SignInFailure, HERE).count == 1


def test_an_administrator_has_one_session(house: House) -> None:
    give_password(house, "system_admin")
    first = sign_in(house, "system_admin", PASSWORD, HERE)

    sign_in(house, "system_admin", PASSWORD, HERE)

    with house.database.reading() as session:
        assert sessions.live_session(session, first, clock.now()) is None


# --- sessions ---


@pytest.mark.parametrize(("minutes", "lives"), [(29, True), (31, False)])
def test_a_session_ends_after_thirty_idle_minutes(house: House, minutes: int, lives: bool) -> None:
    give_password(house, "office")
    key = sign_in(house, "office", PASSWORD, HERE)

    with house.database.reading() as session:
        found = sessions.live_session(session, key, clock.now() + timedelta(minutes=minutes))

    assert (found is not None) is lives


def test_a_session_slides_but_not_beyond_twelve_hours(house: House) -> None:
    give_password(house, "office")
    key, now = sign_in(house, "office", PASSWORD, HERE), clock.now()

    for step in range(1, 30):
        with house.database.reading() as session:
            found = sessions.live_session(session, key, now + step * timedelta(minutes=25))
            assert (found is not None) is (step * 25 < 12 * 60)
        sessions.touch(house, key, now, now + step * timedelta(minutes=25))


def test_being_at_work_is_written_at_most_once_a_minute(house: House) -> None:
    give_password(house, "office")
    key, now = sign_in(house, "office", PASSWORD, HERE), clock.now()

    sessions.touch(house, key, now, now + timedelta(seconds=59))
    with house.database.reading() as session:
        assert session.get_one(UserSession, sessions.hash_of(key)).seen_at <= now
    sessions.touch(house, key, now, now + timedelta(seconds=61))
    with house.database.reading() as session:
        assert session.get_one(UserSession, sessions.hash_of(key)).seen_at == now + timedelta(seconds=61)


def test_a_locked_person_is_out_at_once_with_all_tokens(house: House) -> None:
    give_password(house, "office")
    key = sign_in(house, "office", PASSWORD, HERE)
    with house.database.transaction() as session:
        token = tokens.create_token(session, actor(house, "office"), "统计")
    person_id = person_of(house, "office").id

    with house.database.transaction() as session:
        accounts.lock(session, actor(house, "security_admin"), person_id)
        accounts.unlock(session, actor(house, "security_admin"), person_id)

    with house.database.reading() as session:
        assert sessions.live_session(session, key, clock.now()) is None
        assert credentials.by_token(session.connection(), token) is None
    assert sign_in(house, "office", PASSWORD, HERE)


# --- passwords ---


@pytest.mark.parametrize(
    ("password", "text"),
    [
        ("Ab1-xyz", "至少 8"),
        ("abcdefgh1", "至少 3 类"),
        ("Office-2024", "不能包含账号"),
        ("Password123!", "过于常见"),
        ("P@ssw0rd", "过于常见"),
        ("A1" * 65, "最多 128"),
    ],
)
def test_a_weak_password_is_refused(house: House, password: str, text: str) -> None:
    with pytest.raises(RuleViolation, match=text):
        house.passwords.policy.check(password, "office", is_administrator=False)


def test_an_administrators_password_is_longer(house: House) -> None:
    house.passwords.policy.check("Ab1-xyzw", "someone", is_administrator=False)

    with pytest.raises(RuleViolation, match="至少 10"):
        house.passwords.policy.check("Ab1-xyzw", "someone", is_administrator=True)


def test_the_other_preset_wants_length_and_nothing_else() -> None:
    source = (ROOT / "policies" / "passwords.yaml").read_text("utf-8").replace("use: dengbao3", "use: asvs")
    policy = read_policy(source)

    policy.check("correct horse battery", "someone", is_administrator=True)

    assert not policy.has_expired(clock.now() - timedelta(days=4000), clock.now())
    with pytest.raises(RuleViolation, match="至少 15"):
        policy.check("Ab1-xyzwAb1-xy", "someone", is_administrator=False)
    with pytest.raises(RuleViolation, match="过于常见"):
        policy.check("123456789012345", "someone", is_administrator=False)


def test_a_password_expires_after_ninety_days(house: House) -> None:
    policy, now = house.passwords.policy, clock.now()

    assert not policy.has_expired(now - timedelta(days=89), now)
    assert policy.has_expired(now - timedelta(days=91), now)


def test_every_policy_accepts_a_one_time_password(house: House) -> None:
    for _ in range(50):
        house.passwords.policy.check(house.passwords.one_time(), "someone", is_administrator=True)


def test_a_changed_password_ends_other_sessions_and_may_not_come_back(house: House) -> None:
    give_password(house, "office")
    here, there = (sign_in(house, "office", PASSWORD, HERE) for _ in range(2))
    office = actor(house, "office")

    password_changes.change_password(house, office, PASSWORD, "Rainy-day 43", session_key=here)

    with house.database.reading() as session:
        assert sessions.live_session(session, here, clock.now())
        assert sessions.live_session(session, there, clock.now()) is None
    with pytest.raises(RuleViolation, match="最近用过"):
        password_changes.change_password(house, office, "Rainy-day 43", PASSWORD)
    with pytest.raises(RuleViolation, match="原密码"):
        password_changes.change_password(house, office, PASSWORD, "Windy-day 44")
    assert "Rainy" not in whole_ledger(house)


def test_the_sixth_password_back_may_be_used_again(house: House) -> None:
    give_password(house, "office", "Sunny-day 0")
    office = actor(house, "office")

    for number in range(6):
        password_changes.change_password(house, office, f"Sunny-day {number}", f"Sunny-day {number + 1}")

    password_changes.change_password(house, office, "Sunny-day 6", "Sunny-day 0")


# --- people and roles ---


def test_a_new_person_gets_a_one_time_password_that_must_be_changed(house: House) -> None:
    with house.database.transaction() as session:
        new = NewPerson("lijing", "李静", "miit", phone="0514-1")
        person, password = accounts.add_person(session, house, actor(house, "system_admin"), new)

    assert person.must_change_password
    assert person.pinyin == "lijing lj"
    assert sign_in(house, "lijing", password, HERE)
    assert password not in whole_ledger(house)
    assert acts(house)[0] == {
        "act": "person_added",
        "person": "lijing",
        "before": None,
        "after": {"name": "李静", "unit": "miit"},
    }


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewPerson("office", "重名", "miit"), "login"),
        (NewPerson("李静", "李静", "miit"), "login"),
        (NewPerson("lijing", "", "miit"), "name"),
        (NewPerson("lijing", "李静", "nowhere"), "unit_id"),
    ],
)
def test_a_new_person_without_a_fit_name_is_refused(house: House, new: NewPerson, field: str) -> None:
    with house.database.transaction() as session, pytest.raises(RuleViolation) as refused:
        accounts.add_person(session, house, SYSTEM, new)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "roles",
    [
        {Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN},
        {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN},
        {Role.SECURITY_ADMIN, Role.CONTACT},
        {Role.AUDITOR, Role.OFFICE},
    ],
)
def test_nobody_holds_roles_that_exclude_each_other(house: House, roles: set[Role]) -> None:
    person_id = person_of(house, "contact.miit").id
    with house.database.transaction() as session, pytest.raises(RuleViolation):
        accounts.set_roles(session, actor(house, "security_admin"), person_id, roles)


def test_roles_of_a_unit_are_of_the_home_unit_and_the_change_is_written_down(house: House) -> None:
    person_id = person_of(house, "contact.miit").id

    with house.database.transaction() as session:
        accounts.set_roles(session, actor(house, "security_admin"), person_id, {Role.UNIT_HEAD, Role.OFFICE})

    assert {"head:miit", "office"} <= actor(house, "contact.miit").principals
    assert "contact:miit" not in actor(house, "contact.miit").principals
    assert acts(house)[-1]["before"] == ["contact:miit"]
    assert acts(house)[-1]["after"] == ["office", "unit_head:miit"]


@pytest.mark.parametrize("login", ["system_admin", "audit_admin", "office", "contact.miit"])
def test_only_the_security_administrator_sets_roles(house: House, login: str) -> None:
    person_id = person_of(house, "contact.sci").id

    with house.database.transaction() as session, pytest.raises(NotPermitted):
        accounts.set_roles(session, actor(house, login), person_id, {Role.OFFICE})


@pytest.mark.parametrize("login", ["security_admin", "audit_admin", "office"])
def test_only_the_system_administrator_adds_people(house: House, login: str) -> None:
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        accounts.add_person(session, house, actor(house, login), NewPerson("new", "新人", "miit"))


def test_nobody_changes_her_own_roles(house: House) -> None:
    security = actor(house, "security_admin")
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        accounts.set_roles(session, security, security.person_id or 0, {Role.OFFICE})


# --- substitution ---


def test_a_substitute_has_the_inbox_while_it_lasts(house: House) -> None:
    contact, today = actor(house, "contact.miit"), clock.today()
    substitute_id = person_of(house, "head.miit").id

    with house.database.transaction() as session:
        row = substitutions.set_substitution(session, contact, substitute_id, today, today + timedelta(days=2))

    assert "contact:miit" in actor(house, "head.miit").principals
    with house.database.transaction() as session:
        substitutions.remove_substitution(session, contact, row.id)
    assert "contact:miit" not in actor(house, "head.miit").principals
    assert [act["act"] for act in acts(house)] == ["substitution_set", "substitution_removed"]


def substitute(house: House, by: Actor, login: str, first: int, last: int) -> None:
    today, substitute_id = clock.today(), person_of(house, login).id
    with house.database.transaction() as session:
        substitutions.set_substitution(
            session, by, substitute_id, today + timedelta(days=first), today + timedelta(days=last)
        )


@pytest.mark.parametrize(
    ("login", "first", "last", "field"),
    [
        ("head.sci", 0, 2, "substitute_id"),
        ("contact.miit", 0, 2, "substitute_id"),
        ("head.miit", -1, 2, "from_on"),
        ("head.miit", 3, 2, "until_on"),
        ("head.miit", 0, 200, "until_on"),
    ],
)
def test_an_unfit_substitution_is_refused(house: House, login: str, first: int, last: int, field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        substitute(house, actor(house, "contact.miit"), login, first, last)

    assert refused.value.field == field


def test_one_substitute_at_a_time(house: House) -> None:
    contact = actor(house, "contact.miit")
    substitute(house, contact, "head.miit", 0, 5)

    with pytest.raises(RuleViolation, match="已设置代理"):
        substitute(house, contact, "head.miit", 5, 6)


def test_nobody_stands_in_for_an_administrator(house: House) -> None:
    with pytest.raises(NotPermitted):
        substitute(house, actor(house, "system_admin"), "office", 0, 1)


# --- tokens ---


def test_a_token_acts_as_its_maker_until_it_is_revoked(house: House) -> None:
    office = actor(house, "office")
    with house.database.transaction() as session:
        token = tokens.create_token(session, office, "统计")

    with house.database.transaction() as session:
        found = credentials.by_token(session.connection(), token)
        assert actor_of(session, found, clock.today()) == office
        row = session.scalars(select(ApiToken)).one()
        assert token not in (row.key_hash, row.name)
        tokens.revoke_token(session, office, row.id)

    with house.database.reading() as session:
        assert credentials.by_token(session.connection(), token) is None
    assert token not in whole_ledger(house)


def test_each_act_is_an_event_of_one_chain(house: House) -> None:
    person_id = person_of(house, "contact.miit").id
    with house.database.transaction() as session:
        accounts.lock(session, actor(house, "system_admin"), person_id)
        accounts.unlock(session, actor(house, "system_admin"), person_id)

    with house.database.reading() as session:
        rows = session.scalars(select(EventRow).where(EventRow.stream == ADMINISTRATION).order_by(EventRow.seq)).all()

    assert [row.prev for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert [row.actor for row in rows[-2:]] == ["system_admin", "system_admin"]
