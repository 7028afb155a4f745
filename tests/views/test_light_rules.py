"""灯色和提醒规则: read by everybody, made by two of the office, tried out before they hold."""

from __future__ import annotations

from app.duties.rule_tables import KINDS, LIGHTS, REMINDERS
from app.queries.rule_tables import shipped
from tests.applications import SignIn
from tests.duties.test_rule_tables import answers_of


def answers(key: str, **changes: str) -> dict[str, list[str]]:
    typed = answers_of(key, shipped(key).content) | {"remark": ["本市从严"], "in_force_from": ["2099-01-01"]}
    return typed | {name.replace("__", "."): [value] for name, value in changes.items()}


def proposed(sign_in: SignIn, key: str = REMINDERS, **changes: str) -> str:
    form = sign_in("office").get(f"/light-rules/{key}/1/edit").text
    begins = form.split('name="in_force_from" type="date" value="')[1][:10]  # tomorrow
    typed = answers(key, digest_at="09:00", **changes) if key == REMINDERS else answers(key, **changes)
    answer = sign_in("office").post(f"/light-rules/{key}/1/edit", data=typed | {"in_force_from": [begins]})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_officials_read_every_table_with_its_source(sign_in: SignIn) -> None:
    client = sign_in("contact.sci")

    page = client.get("/light-rules").text
    for key, kind in KINDS.items():
        assert kind.name in page
        one = client.get(f"/light-rules/{key}/1").text
        assert "产品建议" in one
        assert "据此另立版本" not in one
        assert client.get(f"/light-rules/{key}/1/edit").status_code == 403
    assert client.get("/light-rules/preview").status_code == 403
    assert client.get("/light-rules/nothing/1").status_code == 404


def test_a_row_that_does_not_fit_comes_back_with_what_was_typed(sign_in: SignIn) -> None:
    answer = sign_in("office").post(f"/light-rules/{LIGHTS}/1/edit", data=answers(LIGHTS, rows__1__from_days="9"))

    assert answer.status_code == 422
    assert "与上一行之间有空档：应从 6 开始。" in answer.text
    assert 'name="rows.1.from_days" value="9"' in answer.text
    assert 'name="rows.3.from_days" value=""' in answer.text  # two rows more
    assert "本市从严" in answer.text


def test_a_new_version_is_proposed_by_one_and_approved_by_another(sign_in: SignIn) -> None:
    place = proposed(sign_in)
    own = sign_in("office").get(place).text
    assert "等待另一位有此权限的人员审批" in own
    assert f'action="{place}/withdrawal"' in own
    assert f'action="{place}/approval"' not in own
    assert sign_in("office").post(f"{place}/approval").status_code == 403

    page = sign_in("signer").get(place).text
    assert "与第 1 版的差别" in page
    assert "<b>09:00</b>" in page
    assert f'action="{place}/approval"' in page
    assert f'action="{place}/rejection"' in page
    assert "第 2 版待审批" in sign_in("signer").get("/light-rules").text
    assert sign_in("signer").post(f"{place}/approval", data={"opinion": "同意"}).status_code == 302
    assert "第 2 版将于" in sign_in("contact.sci").get("/light-rules").text
    assert sign_in("signer").post(f"{place}/approval").status_code == 409


def test_a_draft_is_sent_back_with_a_reason_or_withdrawn(sign_in: SignIn) -> None:
    place = proposed(sign_in, LIGHTS, rows__1__yellow_days="4")
    assert sign_in("signer").post(f"{place}/rejection", data={"reason": ""}).status_code == 422
    assert sign_in("signer").post(f"{place}/rejection", data={"reason": "依据不足"}).status_code == 302

    other = proposed(sign_in, LIGHTS, rows__1__yellow_days="3")
    assert sign_in("office").post(f"{other}/withdrawal").status_code == 302


def test_the_office_sees_what_a_day_will_send_also_by_a_draft(sign_in: SignIn) -> None:
    place = proposed(sign_in)
    client = sign_in("office")

    assert "不发送任何消息" in client.get("/light-rules/preview").text
    assert "09:00 发出" in client.get(f"/light-rules/preview?version={place.rpartition('/')[2]}").text
    assert client.get("/light-rules/preview?day=soon&version=x").status_code == 200
    assert client.get("/light-rules/preview?version=99").status_code == 404
