"""Administration of people and units, its record, and a person's own settings."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.models.organization import Unit
from app.models.outbox import OutboxRow
from app.models.person import ApiToken, Person, Substitution, UserSession
from app.services.house import House
from tests.applications import SignIn
from tests.factories import actor


def person_id(house: House, login: str) -> int:
    with house.database.reading() as session:
        return session.scalars(select(Person.id).where(Person.login == login)).one()


# --- people ---


@pytest.mark.parametrize("q", ["周文博", "zhouwen", "ZWB", "office"])
def test_people_are_found_by_name_pinyin_initials_and_account(sign_in: SignIn, q: str) -> None:
    page = sign_in("system_admin").get("/people", query_string={"q": q}).text

    assert "周文博" in page
    assert "contact.miit" not in page


def test_a_percent_sign_is_no_wildcard(sign_in: SignIn) -> None:
    assert "没有符合条件的人员" in sign_in("system_admin").get("/people?q=%25").text


def test_a_long_list_goes_on_where_the_page_ended(sign_in: SignIn, house: House) -> None:
    client = sign_in("system_admin")
    seen: list[str] = []
    address: str | None = "/people"

    while address:
        page = client.get(address, headers={"HX-Request": "true"} if seen else {}).text
        assert not seen or "<html" not in page
        seen += re.findall(r"/people/(\d+)\"", page)
        more = re.search(r'href="(/people\?[^"]*cursor=[^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else None

    with house.database.reading() as session:
        everybody = session.scalars(select(Person.id)).all()
    assert sorted(map(int, seen)) == sorted(everybody)
    assert len(everybody) > 50


def test_a_foreign_cursor_is_refused(sign_in: SignIn) -> None:
    assert sign_in("system_admin").get("/people?cursor=nonsense").status_code == 400


def test_a_new_person_signs_in_with_the_password_shown_once(sign_in: SignIn, house: House) -> None:
    client = sign_in("system_admin")
    new = {"name": "李静", "login": "lijing", "unit_id": "miit", "email": "", "phone": ""}

    answer = client.post("/people/new", data=new)

    found = re.search(r'class="d-secret">([^<]+)<', answer.text)
    assert found
    fresh = client.application.test_client()
    assert fresh.post("/login", data={"login": "lijing", "password": found[1]}).location == "/"
    assert fresh.get("/").location == "/password"
    assert found[1] not in client.get(f"/people/{person_id(house, 'lijing')}").text


def test_a_refused_person_comes_back_with_what_was_typed(sign_in: SignIn) -> None:
    new = {"name": "李静", "login": "office", "unit_id": "miit", "email": "", "phone": ""}

    answer = sign_in("system_admin").post("/people/new", data=new)

    assert answer.status_code == 422
    assert 'value="李静"' in answer.text
    assert "已有人使用" in answer.text


def test_roles_are_set_by_ticks(sign_in: SignIn, house: House) -> None:
    one = person_id(house, "contact.miit")
    client = sign_in("security_admin")

    client.post(f"/people/{one}/roles", data={"roles": ["contact", "unit_head"]})

    assert {"contact:miit", "head:miit"} <= actor(house, "contact.miit").principals
    refused = client.post(f"/people/{one}/roles", data={"roles": ["system_admin", "audit_admin"]})
    assert refused.status_code == 422
    assert "不能由同一人担任" in refused.text


def test_a_stopped_account_is_out_and_comes_back(sign_in: SignIn, house: House) -> None:
    contact, admin, one = sign_in("contact.miit"), sign_in("system_admin"), person_id(house, "contact.miit")

    admin.post(f"/people/{one}/lock")

    assert contact.get("/settings").status_code == 302
    assert "已停用" in admin.get(f"/people/{one}").text
    admin.post(f"/people/{one}/unlock")
    assert sign_in("contact.miit").get("/settings").status_code == 200


def test_nobody_stops_her_own_account(sign_in: SignIn, house: House) -> None:
    assert sign_in("system_admin").post(f"/people/{person_id(house, 'system_admin')}/lock").status_code == 403


def test_a_reset_password_is_shown_once(sign_in: SignIn, house: House) -> None:
    one = person_id(house, "contact.miit")

    answer = sign_in("system_admin").post(f"/people/{one}/password")

    assert re.search(r'class="d-secret">[^<]{16}<', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"


# --- units ---


def test_a_renamed_unit_keeps_its_id(sign_in: SignIn, house: House) -> None:
    names = {"name": "扬州市数据局", "short_name": "市数据局"}

    sign_in("system_admin").post("/units/sci/name", data=names)

    with house.database.reading() as session:
        unit = session.get_one(Unit, "sci")
        assert (unit.name, unit.short_name) == ("扬州市数据局", "市数据局")
        assert unit.pinyin == "shishujuju ssjj"


def test_a_merger_is_confirmed_first(sign_in: SignIn, house: House) -> None:
    client = sign_in("system_admin")

    asked = client.post("/units/sci/merger", data={"successor_id": "miit"})

    with house.database.reading() as session:
        assert session.get_one(Unit, "sci").ended_on is None
    assert "撤并后不能撤回" in asked.text
    done = client.post("/units/sci/merger", data={"successor_id": "miit", "confirmed": "1"})
    assert done.location == "/units"
    with house.database.reading() as session:
        unit = session.get_one(Unit, "sci")
        assert (unit.successor_id, unit.ended_on) == ("miit", clock.today())
        assert session.scalars(select(OutboxRow)).all() == []


@pytest.mark.parametrize(("unit", "successor"), [("sci", "sci"), ("sci", "office"), ("sci", ""), ("office", "miit")])
def test_an_unfit_successor_is_refused(sign_in: SignIn, unit: str, successor: str) -> None:
    answer = sign_in("system_admin").post(f"/units/{unit}/merger", data={"successor_id": successor})

    assert answer.status_code == 422


# --- the record ---


def test_the_record_tells_who_did_what_with_before_and_after(sign_in: SignIn, house: House) -> None:
    one = person_id(house, "contact.miit")
    sign_in("security_admin").post(f"/people/{one}/roles", data={"roles": ["unit_head"]})

    page = sign_in("audit_admin").get("/administration-events?act=roles_set&login=contact.miit").text

    row = re.search(r"<tr data-row>.*?</tr>", page, re.DOTALL)
    assert row
    for text in ("security_admin", "调整角色", "contact.miit", "联络员（miit）", "分管负责人（miit）"):
        assert text in row[0]
    assert page.count("<tr data-row>") == 1


def test_the_record_is_cut_to_days_in_china(sign_in: SignIn) -> None:
    client = sign_in("audit_admin")
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)

    assert "载入计划" in client.get(f"/administration-events?from_on={today}&until_on={today}").text
    assert "没有符合条件的记录" in client.get(f"/administration-events?from_on={tomorrow}").text
    assert client.get("/administration-events?from_on=yesterday").status_code == 400


# --- one's own settings ---


def test_preferences_are_kept(sign_in: SignIn, house: House) -> None:
    client = sign_in("contact.miit")

    client.post("/settings/preferences", data={"locale": "", "compact_rows": "1"})

    with house.database.reading() as session:
        person = session.get_one(Person, person_id(house, "contact.miit"))
        assert (person.has_compact_rows, person.has_single_keys, person.wants_mail) == (True, False, False)
    assert 'data-single-keys="off"' in client.get("/settings").text


def test_a_substitution_is_set_after_its_span_was_shown(sign_in: SignIn, house: House) -> None:
    client, today = sign_in("contact.miit"), clock.today()
    span = {
        "substitute_id": str(person_id(house, "head.miit")),
        "from_on": today.isoformat(),
        "until_on": (today + timedelta(days=6)).isoformat(),
    }

    shown = client.post("/settings/substitution", data=span)

    with house.database.reading() as session:
        assert session.scalars(select(Substitution)).all() == []
    assert "市工信局负责人" in shown.text
    client.post("/settings/substitution", data={**span, "confirmed": "1"})
    assert "contact:miit" in actor(house, "head.miit").principals
    found = re.search(r"/settings/substitution/(\d+)/removal", client.get("/settings").text)
    assert found
    assert sign_in("contact.sci").post(found[0]).status_code == 404
    client.post(found[0])
    assert "contact:miit" not in actor(house, "head.miit").principals


def test_an_unreadable_span_is_refused_beside_its_field(sign_in: SignIn, house: House) -> None:
    span = {"substitute_id": str(person_id(house, "head.miit")), "from_on": "soon", "until_on": ""}

    answer = sign_in("contact.miit").post("/settings/substitution", data=span)

    assert answer.status_code == 422
    assert 'id="a-from_on-e"' in answer.text


def test_other_sign_ins_are_ended_and_ones_own_stays(sign_in: SignIn, house: House) -> None:
    here, there, stranger = sign_in("office"), sign_in("office"), sign_in("leader")

    here.post("/settings/sessions/removal")

    assert here.get("/settings").status_code == 200
    assert there.get("/settings").status_code == 302
    assert stranger.get("/settings").status_code == 200


def test_nobody_ends_the_sign_in_of_somebody_else(sign_in: SignIn, house: House) -> None:
    office, leader = sign_in("office"), sign_in("leader")
    with house.database.reading() as session:
        of_leader = select(UserSession.key_hash).where(UserSession.person_id == person_id(house, "leader"))
        theirs = session.scalars(of_leader).one()

    office.post("/settings/sessions/removal", data={"session": theirs})

    assert leader.get("/settings").status_code == 200


def test_a_token_is_shown_once_and_revoked_by_its_owner_only(sign_in: SignIn, house: House) -> None:
    client = sign_in("office")

    made = client.post("/settings/tokens", data={"token_name": "统计"})

    found = re.search(r'class="d-secret">(duban_[^<]+)<', made.text)
    assert found
    assert found[1] not in client.get("/settings").text
    bearer = {"Authorization": f"Bearer {found[1]}"}
    program = client.application.test_client()
    assert program.get("/settings", headers=bearer).status_code == 200
    with house.database.reading() as session:
        token_id = session.scalars(select(ApiToken.id)).one()
    assert sign_in("leader").post(f"/settings/tokens/{token_id}/revocation").status_code == 404
    client.post(f"/settings/tokens/{token_id}/revocation")
    assert program.get("/settings", headers=bearer).status_code == 302


@pytest.mark.parametrize(
    ("login", "first"),
    [("system_admin", "/people"), ("security_admin", "/people"), ("audit_admin", "/administration-events")],
)
def test_an_administrator_begins_at_her_own_screen(sign_in: SignIn, login: str, first: str) -> None:
    client = sign_in(login)

    assert client.get("/").location == first
    assert 'aria-current="page"' in client.get(first).text
