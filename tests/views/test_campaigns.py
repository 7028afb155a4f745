"""Campaigns on the page: part by part, with the office's verbs and what can be downloaded."""

from __future__ import annotations

import html
import re

import pytest

from app import clock
from app.queries import campaign_parts
from app.services.house import House
from tests.applications import SignIn
from tests.services.annual_targets import Campaign
from tests.services.december_report_walk import Walk, morning
from tests.statements import counted


@pytest.fixture
def campaign_id(house: House) -> str:
    """The reports of two units, one of which was sent."""
    walk = Walk(house).collect("sci", "fin", "com")
    walk.on("2024-12-10").submit("sci")
    return walk.instance("december_report:2024").id


def test_each_part_says_how_far_it_is_and_who_acted_last(sign_in: SignIn, campaign_id: str) -> None:
    with clock.held(morning("2024-12-16")):
        page = sign_in("leader").get(f"/campaigns/{campaign_id}").text

    assert page.count("data-row>") == 3
    assert "办理，市科技局负责人" in page
    assert 'aria-label="共 3 项：已签发1，未阅2"' in page
    assert "未阅：市财政局、市商务局。" in page
    assert "截止汇总" not in page
    assert "/urging" not in page
    assert "style=" not in page


def test_many_parts_are_read_page_by_page(sign_in: SignIn, campaign_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_parts, "PAGE", 2)
    with clock.held(morning("2024-12-16")):
        browser = sign_in("leader")
        page = browser.get(f"/campaigns/{campaign_id}").text
        [following] = re.findall(r'hx-get="([^"]+)"', page)
        rows = browser.get(html.unescape(following), headers={"HX-Request": "true"}).text
        whole = browser.get(html.unescape(following)).text

    assert page.count("data-row>") == 2
    assert "余 1 条" in page
    assert rows.count("data-row>") == 1
    assert "<html" not in rows
    assert "hx-get" not in rows
    assert "<html" in whole


def test_the_office_urges_those_who_have_not_read(sign_in: SignIn, campaign_id: str) -> None:
    with clock.held(morning("2024-12-16")):
        browser = sign_in("office")
        page = browser.get(f"/campaigns/{campaign_id}").text
        tasks = [part.split('"')[0] for part in page.split('type="hidden" name="task" value="')[1:]]

        browser.post("/urging", data={"task": tasks, "confirmed": "1"})

        assert len(tasks) == 2
        assert browser.get(f"/campaigns/{campaign_id}").text.count("已催办 1 次") == 2


def test_a_collection_is_closed_with_a_reason_only(sign_in: SignIn, campaign_id: str) -> None:
    with clock.held(morning("2024-12-31")):
        browser = sign_in("office")
        assert "还有 3 项没有办结" in browser.get(f"/campaigns/{campaign_id}").text

        refused = browser.post(f"/campaigns/{campaign_id}/closing", data={"reason": ""})
        assert refused.status_code == 422
        assert "请写明截止的理由" in refused.text
        done = browser.post(f"/campaigns/{campaign_id}/closing", data={"reason": "领导小组要求提前汇总"})

        assert done.status_code == 302
        assert "截止汇总" not in browser.get(f"/campaigns/{campaign_id}").text


def test_a_campaign_is_cancelled_with_all_its_parts(sign_in: SignIn, campaign_id: str) -> None:
    with clock.held(morning("2024-12-16")):
        browser = sign_in("office")

        assert browser.post(f"/campaigns/{campaign_id}/cancellation", data={"reason": ""}).status_code == 422
        browser.post(f"/campaigns/{campaign_id}/cancellation", data={"reason": "重复启动"})

        assert browser.get(f"/campaigns/{campaign_id}").text.count("<del>") == 3


def test_its_papers_come_as_word_files(sign_in: SignIn, campaign_id: str) -> None:
    with clock.held(morning("2024-12-16")):
        browser = sign_in("leader")
        page = browser.get(f"/campaigns/{campaign_id}").text

        assert "2024年度反馈报送通知" in page
        assert "2024年度工作总结报告" not in page
        for key in ("notice", "late_list"):
            answer = browser.get(f"/campaigns/{campaign_id}/papers/{key}.docx")
            assert answer.mimetype.endswith("wordprocessingml.document")
        assert browser.get(f"/campaigns/{campaign_id}/papers/annual_report.docx").status_code == 404
        assert browser.get(f"/campaigns/{campaign_id}/papers/nothing.docx").status_code == 404


def test_a_published_package_offers_every_units_letter(sign_in: SignIn, house: House) -> None:
    package = Campaign(house).settled().open().propose_all().approve().publish()
    browser = sign_in("office")

    page = browser.get(f"/campaigns/{package.id}").text

    assert "关于报请审定2023年度目标的请示" in page
    assert "市工信局2023年度目标责任书" in page
    answer = browser.get(f"/campaigns/{package.id}/papers/letter.docx?unit=miit")
    assert answer.status_code == 200
    assert browser.get(f"/campaigns/{package.id}/papers/letter.docx?unit=office").status_code == 404


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"duty": "december_report", "year": "2031"}, "计划期内"),
        ({"duty": "annual_target", "year": "二"}, "请填写年度"),
        ({"duty": "annual_target", "year": "2023", "kind": "adjustment", "indicators": "x", "reason": ""}, "指标序号"),
    ],
)
def test_what_cannot_be_opened_is_said_at_its_field(sign_in: SignIn, posted: dict[str, str], told: str) -> None:
    answer = sign_in("office").post("/campaigns", data=posted)

    assert answer.status_code == 422
    assert told in answer.text


def test_the_office_opens_a_campaign_and_nobody_else(sign_in: SignIn) -> None:
    posted = {"duty": "december_report", "year": "2024"}

    assert sign_in("leader").post("/campaigns", data=posted).status_code == 403
    answer = sign_in("office").post("/campaigns", data=posted, follow_redirects=True)

    assert "2024年度反馈" in answer.text
    assert "尚未下发到各单位" in answer.text


def test_a_campaign_takes_the_same_statements_with_three_parts_or_twenty_eight(sign_in: SignIn, house: House) -> None:
    small = Walk(house).collect("sci", "fin", "com").instance("december_report:2024").id
    large = Campaign(house).settled().open().id
    browser = sign_in("leader")

    def statements(campaign_id: str) -> int:
        with counted(house) as found:
            assert browser.get(f"/campaigns/{campaign_id}").status_code == 200
        return len([statement for statement in found if statement.startswith("SELECT")])

    statements(small)  # what is read once for all requests
    assert statements(small) == statements(large)
