"""认定标准: the list, one rule set as an official reads it, a new version with four eyes, two versions compared."""

from __future__ import annotations

from tests.applications import SignIn

ONE = "/rules/cn-2022-63/1"
YEARS = "levels.1.conditions.5.at_least"
ANSWERS = {YEARS: "3", "in_force_from": "2022-09-01", "remark": "本省从严"}


def proposed(sign_in: SignIn, who: str = "office") -> str:
    answer = sign_in(who).post(f"{ONE}/edit", data=ANSWERS)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_the_list_has_every_rule_set_with_its_days(sign_in: SignIn) -> None:
    for who in ("contact.miit", "head.miit", "auditor", "leader"):
        page = sign_in(who).get("/rules").text

        assert "优质中小企业梯度培育管理暂行办法" in page
        assert "工信部企业〔2026〕2号" in page
        assert "2026年3月31日" in page


def test_a_rule_set_is_read_with_threshold_source_and_mark(sign_in: SignIn) -> None:
    page = sign_in("contact.miit").get(ONE).text

    assert "不低于100万元" in page
    assert "80%以上 <b>5 分</b>；70%以上、不足80% <b>3 分</b>" in page
    assert "已核" in page
    assert "未核" in page
    assert "一般知识，尚未与文本核对" in page
    assert "据此另立版本" not in page
    assert "据此另立版本" in sign_in("office").get(ONE).text


def test_every_shipped_version_has_a_page_and_a_form(sign_in: SignIn) -> None:
    client = sign_in("office")

    for key in ("cn-2022-63", "cn-2026-2", "yz-city", "champion-2023-138", "tech-sme-2017-115"):
        assert client.get(f"/rules/{key}/1").status_code == 200
        form = client.get(f"/rules/{key}/1/edit")
        assert form.status_code == 200
    assert 'name="levels.1.parts.2.0.name"' in client.get(f"{ONE}/edit").text


def test_a_version_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    client = sign_in("office")

    for path in (
        "/rules/cn-2022-63/2",
        "/rules/nothing/1",
        "/rules/cn-2022-63/99999999999999999999",
        "/rules/x/difference",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/rules/cn-2022-63/difference?from=x&to=99").status_code == 404


def test_a_new_version_is_proposed_by_one_and_approved_by_another(sign_in: SignIn) -> None:
    place = proposed(sign_in)
    own = sign_in("office").get(place).text
    assert "等待另一位有此权限的人员审批" in own
    assert "批准启用" not in own
    assert f'action="{place}/withdrawal"' in sign_in("office").get(place).text
    assert f'action="{place}/rejection"' in sign_in("signer").get(place).text
    assert sign_in("office").post(f"{place}/approval").status_code == 403

    page = sign_in("signer").get(place).text
    assert "与第 1 版的差别" in page
    assert "<b>3</b>" in page
    answer = sign_in("signer").post(f"{place}/approval", data={"opinion": "同意"})

    assert answer.status_code == 302
    page = sign_in("contact.miit").get(place).text
    assert "已启用" in page
    assert "沈立" in page
    assert sign_in("office.drc").post(f"{place}/approval").status_code == 409


def test_a_rejection_needs_a_reason_and_a_proposal_can_be_withdrawn(sign_in: SignIn) -> None:
    place = proposed(sign_in)
    empty = sign_in("signer").post(f"{place}/rejection", data={"reason": " "})
    assert empty.status_code == 422
    assert "请写明退回的理由" in empty.text
    assert sign_in("signer").post(f"{place}/rejection", data={"reason": "依据不足"}).status_code == 302
    assert "依据不足" in sign_in("office").get(place).text

    other = proposed(sign_in)
    assert sign_in("office").post(f"{other}/withdrawal").status_code == 302
    assert "已撤回" in sign_in("office").get(other).text


def test_a_refused_form_keeps_what_was_typed_and_shows_the_place(sign_in: SignIn) -> None:
    answer = sign_in("office").post(f"{ONE}/edit", data=ANSWERS | {YEARS: "三年", "remark": ""})
    assert answer.status_code == 422
    assert "请说明改了什么" in answer.text

    answer = sign_in("office").post(f"{ONE}/edit", data=ANSWERS | {YEARS: "三年"})
    assert answer.status_code == 422
    assert 'value="三年"' in answer.text
    assert "应为数字" in answer.text
    assert "本省从严" in answer.text

    unchanged = sign_in("office").post(f"{ONE}/edit", data={"remark": "无"})
    assert "没有变化" in unchanged.text


def test_two_versions_are_compared(sign_in: SignIn) -> None:
    proposed(sign_in)
    page = sign_in("leader").get("/rules/cn-2022-63/difference?from=1&to=2").text

    assert "2022-09-01" in page
    assert "从事特定细分市场时间" in page
    assert "两个版本没有差别" in sign_in("leader").get("/rules/cn-2022-63/difference?from=1&to=1").text


def test_only_the_office_may_propose(sign_in: SignIn) -> None:
    for who in ("contact.miit", "signer", "leader", "auditor", "system_admin"):
        client = sign_in(who)
        assert client.get(f"{ONE}/edit").status_code == 403
        assert client.post(f"{ONE}/edit", data=ANSWERS).status_code == 403
    assert sign_in("system_admin").get("/rules").status_code == 403
