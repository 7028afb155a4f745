"""封存状态: what each state of the sealing looks like, for whom, and how a witness is added."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import table_of
from app.errors import NotFound, NotPermitted, RuleViolation
from app.ledger.note import COSIGNATURE, ED25519, SecretKey
from app.models.event import ADMINISTRATION, EventPayload
from app.models.ledger import LedgerWitness
from app.queries.actor import SYSTEM
from app.queries.seal_status import uncovered_since
from app.services import audit, holders, witnesses
from app.services.house import House
from tests import sealing
from tests.applications import SignIn
from tests.factories import actor
from tests.services import streams

WITNESS = SecretKey("archive.example.cn/w1", COSIGNATURE, b"w" * 32)
VKEY = WITNESS.verifier.written


def lights_of(page: str) -> list[str]:
    return re.findall(r'class="light light-(\w+)"', page)


def test_an_office_without_signer_and_holder_is_told_what_to_do(sign_in: SignIn) -> None:
    page = sign_in("auditor").get("/seal").text

    assert "还没有签署过检查点" in page
    assert "duban signer" in page
    assert "还没有外部持有者" in page
    assert "duban witness" in page
    assert "没有外部存证" in page
    assert set(lights_of(page)) <= {"red", "grey"}
    assert "不在承诺范围内" in page


def test_a_checkpoint_that_is_held_outside_is_green_and_says_what_is_not_covered(house: House, sign_in: SignIn) -> None:
    note = sealing.checkpoint(house, cosigned=True)
    streams.add(house, "later", 3)
    client = sign_in("auditor")

    page = client.get("/seal").text

    assert note.text.split("\n")[2] in page
    assert sealing.OUTSIDE.name in page
    assert sealing.key_of(house).verifier.written.split("+")[1] in page
    assert re.search(r"此刻不在承诺范围内的有 \d+ 条", page)
    size = int(note.text.split("\n")[1])
    file = client.get(f"/seal/checkpoints/{size}.txt")
    assert file.text.startswith(note.written)
    assert file.text.count("— ") == 2
    assert client.get("/seal/checkpoints/999999.txt").status_code == 404


def test_a_signer_that_is_away_is_red_while_something_waits_for_it(house: House, sign_in: SignIn) -> None:
    sealing.checkpoint(house, cosigned=True)
    assert "本机没有连上签名进程" in sign_in("auditor").get("/seal").text

    streams.add(house, "later", 3)
    while sealing.log.sequence(house):
        pass

    assert "新的记录不能签署" in sign_in("auditor").get("/seal").text


def test_a_holder_that_fails_shows_how_far_behind_it_is(house: House, sign_in: SignIn, tmp_path: Path) -> None:
    folder = tmp_path / "outside"
    folder.mkdir()
    house.settings = replace(house.settings, checkpoint_dir=folder, checkpoint_mail=("audit@example.org",))
    sealing.checkpoint(house)
    holders.hold_outside(house)
    folder.rename(tmp_path / "away")
    streams.add(house, "later", 7)
    sealing.checkpoint(house)

    holders.hold_outside(house)
    page = sign_in("auditor").get("/seal").text

    assert str(folder) in page
    assert re.search(r"落后.{0,40}?[1-9]\d* 条", page, re.DOTALL)
    assert "尚未配置邮件服务器" in page
    assert "没有外部存证" in page, "a file that we wrote ourselves is nobody's acknowledgment"


def test_the_list_of_checkpoints_goes_on_where_the_page_ended(house: House, sign_in: SignIn) -> None:
    for _ in range(52):
        streams.add(house, "later")
        sealing.checkpoint(house)
    client = sign_in("auditor")

    more = re.search(r'href="(/seal\?cursor=[^"]+)"', client.get("/seal").text)
    assert more is not None
    rest = client.get(more[1], headers={"HX-Request": "true"}).text

    assert rest.count("data-row") == 2
    assert "<html" not in rest


def test_the_audit_administrator_adds_a_witness_and_it_is_recorded(house: House, sign_in: SignIn) -> None:
    client = sign_in("audit_admin")

    added = client.post("/seal/witnesses", data={"name": WITNESS.name, "vkey": VKEY}, follow_redirects=True).text

    assert f"已登记见证方{WITNESS.name}" in added
    assert client.post("/seal/witnesses", data={"name": WITNESS.name, "vkey": VKEY}).status_code == 302
    with house.database.reading() as session:
        assert session.scalars(select(LedgerWitness.added_by)).one() == "audit_admin"
        bodies = session.scalars(select(EventPayload.body).where(EventPayload.stream == ADMINISTRATION)).all()
    assert sum('"witness_added"' in (body or "") for body in bodies) == 1
    assert "登记见证方" in client.get("/administration-events?act=witness_added").text


@pytest.mark.parametrize(
    ("name", "vkey", "field"),
    [
        ("", VKEY, "name"),
        ("another", VKEY, "name"),
        (WITNESS.name, "no key", "vkey"),
        (WITNESS.name, SecretKey(WITNESS.name, ED25519, b"w" * 32).verifier.written, "vkey"),
        ("mail", SecretKey("mail", COSIGNATURE, b"w" * 32).verifier.written, "name"),
    ],
)
def test_what_is_no_witness_is_refused_by_field_and_comes_back(
    sign_in: SignIn, name: str, vkey: str, field: str
) -> None:
    answer = sign_in("audit_admin").post("/seal/witnesses", data={"name": name, "vkey": vkey})

    assert answer.status_code == 422
    assert f'id="a-{field}-e"' in answer.text
    assert vkey in answer.text.replace("&#43;", "+")


def test_a_known_name_is_not_given_another_key(house: House, sign_in: SignIn) -> None:
    with house.database.writing() as connection:
        row = {"name": WITNESS.name, "vkey": "another", "added_by": "x", "added_at": sealing.clock.now()}
        connection.execute(table_of(LedgerWitness).insert(), [row])

    answer = sign_in("audit_admin").post("/seal/witnesses", data={"name": WITNESS.name, "vkey": VKEY})

    assert (answer.status_code, "已登记同名的见证方" in answer.text) == (422, True)


def test_a_retired_witness_counts_for_nothing_new_and_what_it_signed_is_still_verified(
    house: House, sign_in: SignIn
) -> None:
    note = sealing.checkpoint(house, cosigned=True)
    size, line = int(note.text.split("\n")[1]), sealing.OUTSIDE.cosign(note.text, 1).line
    with house.database.transaction() as session:
        with pytest.raises(NotPermitted):
            witnesses.retire(session, actor(house, "office"), sealing.OUTSIDE.name, "原因")
        with pytest.raises(RuleViolation):
            witnesses.retire(session, actor(house, "audit_admin"), sealing.OUTSIDE.name, " ")
        with pytest.raises(NotFound):
            witnesses.retire(session, actor(house, "audit_admin"), "nobody", "原因")
    assert "没有外部存证" not in sign_in("auditor").get("/seal").text

    for _ in range(2):
        with house.database.transaction() as session:
            witnesses.retire(session, actor(house, "audit_admin"), sealing.OUTSIDE.name, "密钥遗失")

    page = sign_in("auditor").get("/seal").text
    assert "没有外部存证" in page
    assert "停用，此前的签名仍可核验" in page
    with house.database.reading() as session:
        assert uncovered_since(session)[1] is not None
        bodies = session.scalars(select(EventPayload.body).where(EventPayload.stream == ADMINISTRATION)).all()
    assert sum('"witness_retired"' in (body or "") for body in bodies) == 1
    report = audit.verify(house)
    assert report.faults == ()
    assert report.log is not None
    assert report.log.cosignatures == 1
    with house.database.transaction() as session, pytest.raises(RuleViolation, match="停用"):
        witnesses.take(session, size, line)
    with house.database.transaction() as session, pytest.raises(RuleViolation, match="停用"):
        witnesses.add(session, SYSTEM, sealing.OUTSIDE.name, sealing.OUTSIDE.verifier.written)
    [key] = sign_in("auditor").get("/api/v1/audit/keys").json["witnesses"]
    assert key["retired_at"] is not None


def test_who_sees_the_state_and_who_adds_witnesses(house: House, sign_in: SignIn) -> None:
    for login, status in (("auditor", 200), ("office", 200), ("system_admin", 200), ("audit_admin", 200),
                          ("contact.sci", 403), ("security_admin", 403)):  # fmt: skip
        assert sign_in(login).get("/seal").status_code == status, login
    assert "登记见证方" not in sign_in("auditor").get("/seal").text
    assert sign_in("auditor").post("/seal/witnesses", data={"name": WITNESS.name, "vkey": VKEY}).status_code == 403
    assert "立即校验" not in sign_in("system_admin").get("/seal").text
