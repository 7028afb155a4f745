"""政策推送 through the command path: rounds, packages, what is read and used, and what becomes void."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app import clock
from app.clock import ZONE
from app.errors import InvalidForm, RuleViolation
from app.models.enterprise import Enterprise
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.models.policy import PolicyRound, PolicyRoundLine, PolicyVersion
from app.models.process import ProcessInstance
from app.models.user_task import Draft
from app.queries.policies import Reach, reach_of
from app.services import openings, package_handover, policies, processes, tasks
from app.services.house import House
from app.services.policy_push import match_pages, package_pages
from tests.factories import actor
from tests.services.policy_pushes import LOAN, RD, City

GOOD = {"revenue_wan": "3000", "rd_wan": "120"}
POOR = {"revenue_wan": "3000", "rd_wan": "10"}


def told(city: City, login: str) -> list[str]:
    person_id = actor(city.house, login).person_id
    return [row.title for row in city.rows(Notification, person_id=person_id)]


def demands(city: City) -> list[OutboxRow]:
    return [row for row in city.rows(OutboxRow, kind="message") if row.payload["name"] == "demand_raised"]


def test_with_specialist_one_policy_ticked_off_the_package_pushed_read_and_used(house: House) -> None:
    city = City(house)
    grant, loan = city.policy(), city.policy("contact.miit", **LOAN)
    code = city.firm(1, specialist=True, **GOOD)
    city.open().choose(grant, loan, message="请及时申报").confirm("sci").confirm("miit")

    form = city.form(city.tasks("confirm_package")[0])
    assert form["policies"][0] == {
        "no": 1,
        "title": "企业研发费用补助（扬科发〔2022〕15号）",
        "benefit": "按研发费用增量的10%给予补助",
        "closes": "2024年12月31日",
        "why": "研发费用占营业收入比重不低于3%：4%（截至2021年12月31日），满足",
    }
    dropped = [{"no": 1}, {"no": 2, "drop_reason": "enjoyed"}]
    city.do("confirm_package", outcome="push", note="研发费用补助请优先申报", policies=dropped)
    assert told(city, "firm.1") == ["政策包已送达"]
    shown = city.form(city.tasks("read_package")[0])
    assert [row["title"] for row in shown["policies"]] == ["企业研发费用补助（扬科发〔2022〕15号）"]
    assert (shown["message"], shown["note"]) == ("请及时申报", "研发费用补助请优先申报")
    city.do("read_package", outcome="done", stars=5, policies=[{"no": 1, "use": "applied"}])

    assert city.lines(code) == [("企业研发费用补助", "", "applied"), ("专精特新贷款贴息", "enjoyed", "")]
    package = city.package(code)
    assert (package.state, package.stars, package.specialist) == ("read", 5, "王敏")
    assert city.instance(package.key).end_element == "package_closed"
    assert city.instance("policy_push:2022-3").end_element == "round_closed"
    with house.database.reading() as session:
        assert reach_of(session, grant) == Reach(1, 1, 1)
        assert reach_of(session, loan) == Reach(0, 0, 0)


def test_without_specialist_the_package_is_pushed_at_once(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, **GOOD)

    city.open().choose(grant, without_specialist=True).confirm("sci")

    assert city.open_elements() == ["read_package"]
    assert city.tasks("read_package")[0].is_optional
    city.do("read_package", outcome="done")
    assert city.package(code).state == "read"
    assert not city.package(code).is_unconfirmed


def test_enterprises_without_a_specialist_may_be_left_out(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, **GOOD)

    city.open().choose(grant, without_specialist=False).confirm("sci")

    assert city.rows(ProcessInstance, enterprise_id=code) == []
    assert city.instance("policy_push:2022-3").end_element == "round_closed"


def test_specialist_silent_for_four_working_days_the_package_goes_unconfirmed(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, specialist=True, **GOOD)
    city.open().choose(grant).confirm("sci")

    city.later(5)

    assert city.open_elements() == ["read_package"]
    assert city.package(code).is_unconfirmed
    assert told(city, "firm.1") == ["政策包已送达（未经专员确认）"]


def test_nothing_kept_no_message_to_the_firm(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, specialist=True, **GOOD)
    city.open().choose(grant).confirm("sci")

    city.do("confirm_package", outcome="none", policies=[{"no": 1, "drop_reason": "unwanted"}])

    assert told(city, "firm.1") == []
    assert city.package(code).state == "none"
    assert city.instance(city.package(code).key).end_element == "package_closed"


def test_unread_for_twenty_working_days(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, **GOOD)
    city.open().choose(grant).confirm("sci")

    city.later(28)
    assert city.open_elements() == ["read_package"]
    city.later(1)

    assert city.package(code).state == "unread"
    assert city.instance(city.package(code).key).end_element == "package_closed"


def test_wants_help_one_demand_for_the_package(house: House) -> None:
    city = City(house)
    grant, loan = city.policy(), city.policy("contact.miit", **LOAN)
    code = city.firm(1, **GOOD)
    city.open().choose(grant, loan).confirm("sci").confirm("miit")
    rows = [{"no": 1, "use": "help", "text": "不清楚材料要求"}, {"no": 2, "use": "help", "text": "银行不受理"}]

    city.do("read_package", outcome="done", policies=rows)

    (demand,) = demands(city)
    assert demand.payload["key"] == city.package(code).demand_key == f"package:2022-3:{code}"
    assert demand.payload["enterprise_id"] == code
    assert "银行不受理" in demand.payload["text"]
    assert demand.payload["category"] == "finance"
    assert city.instance(city.package(code).key).end_element == "package_closed"


def test_repealed_while_open_the_package_is_withdrawn_and_the_firm_told(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, **GOOD)
    city.open().choose(grant).confirm("sci")

    repeal(city, grant)

    assert city.instance(city.package(code).key).end_element == "package_withdrawn"
    assert city.package(code).state == "withdrawn"
    assert told(city, "firm.1") == ["政策包已送达", "政策包已撤回"]
    assert city.open_elements() == []


def test_a_repealed_policy_leaves_a_package_in_which_others_are_left(house: House) -> None:
    city = City(house)
    grant, loan = city.policy(), city.policy("contact.miit", **LOAN)
    code = city.firm(1, **GOOD)
    city.open().choose(grant, loan).confirm("sci").confirm("miit")

    repeal(city, grant)

    assert city.open_elements() == ["read_package"]
    assert city.lines(code)[0] == ("企业研发费用补助", "repealed", "")
    assert [row["title"] for row in city.form(city.tasks()[0])["policies"]] == ["专精特新贷款贴息"]


def repeal(city: City, policy_id: int) -> None:
    with clock.held(city.at), city.house.database.transaction() as session:
        policies.repeal(session, actor(city.house, "contact.sci"), policy_id, "上位文件已废止")
    city.later(0)


def test_an_enterprise_that_closed_has_its_package_withdrawn(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, **GOOD)
    city.open().choose(grant).confirm("sci")
    with house.database.transaction() as session:
        session.get_one(Enterprise, code).state = "deregistered"

    with clock.held(city.at):
        assert [policies.void_packages_of_closed(house) for _ in range(2)] == [1, 1]
    city.later(0)

    assert city.package(code).state == "withdrawn"
    assert policies.void_packages_of_closed(house) == 0


def test_department_silent_its_policy_stays_out_and_it_is_told(house: House) -> None:
    city = City(house)
    grant, loan = city.policy(), city.policy("contact.miit", **LOAN)
    code = city.firm(1, **GOOD)
    city.open().choose(grant, loan).confirm("miit")

    city.later(5)

    assert city.lines(code) == [("专精特新贷款贴息", "", "")]
    assert told(city, "contact.sci") == ["《企业研发费用补助》未列入本批政策推送"]


def test_left_out_this_time(house: House) -> None:
    city = City(house)
    grant, loan = city.policy(), city.policy("contact.miit", **LOAN)
    code = city.firm(1, **GOOD)

    city.open().choose(grant, loan).confirm("miit").confirm("sci", "left_out", reason="资金已用完")

    assert city.lines(code) == [("专精特新贷款贴息", "", "")]
    assert city.one(PolicyRoundLine, policy_id=grant).reason == "资金已用完"


def test_adjusted_conditions_make_a_version_and_are_matched_at_once(house: House) -> None:
    city = City(house)
    grant = city.policy()
    city.firm(1, **GOOD)
    city.firm(2, **POOR)
    city.open().choose(grant)
    (row,) = city.form(city.tasks("confirm_match")[0])["policies"]
    assert (row["met"], row["nearly"], row["unknown"]) == (1, 0, 0)
    assert row["excluding"] == "研发费用占营业收入比重不低于3%：1家不满足"

    city.confirm("sci", "adjusted", conditions=[{"no": 1, **RD, "value": "0.3"}])

    assert [row.version for row in city.rows(PolicyVersion, policy_id=grant)] == [1, 2]
    line = city.one(PolicyRoundLine, policy_id=grant)
    assert (line.version, line.met, line.decision) == (2, 2, "adjusted")
    assert len(city.tasks("read_package")) == 2


def test_old_and_missing_figures_are_unknown_and_a_near_miss_is_counted(house: House) -> None:
    city = City(house)
    loan = city.policy("contact.miit", **LOAN)
    city.firm(1, year=2020, revenue_wan="9000")
    city.firm(2)
    city.firm(3, revenue_wan="1850")

    city.open().choose(loan)

    (row,) = city.form(city.tasks("confirm_match")[0])["policies"]
    assert (row["met"], row["nearly"], row["unknown"]) == (0, 1, 2)
    samples = city.form(city.tasks("confirm_match")[0])["samples"]
    assert [(row["verdict"], row["why"]) for row in samples] == [
        ("接近", "营业收入不低于2,000万元：1,850万元（截至2021年12月31日），相差7.5%，接近"),
        ("待补数据", "营业收入不低于2,000万元：9,000万元（截至2020年12月31日），数据已超过18个月，待补数据"),
        ("待补数据", "营业收入不低于2,000万元：企业档案无此数据，待补数据"),
    ]


def test_only_the_target_is_matched(house: House) -> None:
    city = City(house)
    loan = city.policy("contact.miit", **LOAN)
    city.firm(1, **GOOD)
    with clock.held(city.at):
        city.open().choose(loan, localities=[{"key": "gaoyou", "chosen": True}])

    (row,) = city.form(city.tasks("confirm_match")[0])["policies"]
    assert row["met"] == 0
    assert city.one(PolicyRound).localities == ["gaoyou"]


def test_what_was_applied_for_this_year_is_not_pushed_again(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, **GOOD)
    city.open().choose(grant).confirm("sci")
    city.do("read_package", outcome="done", policies=[{"no": 1, "use": "applied"}])

    city.open(5).choose(grant).confirm("sci")

    assert len(city.rows(ProcessInstance, enterprise_id=code)) == 1
    assert city.instance("policy_push:2022-5").end_element == "round_closed"


def test_outside_its_window_a_policy_fits_nobody(house: House) -> None:
    city = City(house)
    past = [{"from_on": "2022-07-01", "to_on": "2022-07-31"}, {"from_on": "2023-03-01", "to_on": "2023-03-31"}]
    grant = city.policy(windows=past)
    city.firm(1, **GOOD)
    city.open()
    assert city.form(city.tasks()[0])["policies"][0]["window"] == "2023年3月1日至2023年3月31日"

    city.choose(grant).confirm("sci")

    assert city.open_elements() == []


def test_single_after_the_first_visit_one_package_outside_a_round(house: House) -> None:
    city = City(house)
    city.policy()
    code = city.firm(1, specialist=True, **GOOD)

    city.wanted(code).wanted(code)

    (instance,) = city.rows(ProcessInstance, enterprise_id=code)
    assert instance.business_key == f"policy_push_enterprise:single:{code}:2022-08-01"
    city.do("confirm_package", outcome="push").do("read_package", outcome="done")
    assert city.instance(instance.business_key).end_element == "package_closed"
    assert city.package(code).round_key is None


def test_no_package_for_an_enterprise_that_nothing_fits(house: House) -> None:
    city = City(house)
    city.policy()
    code = city.firm(1, **POOR)

    city.wanted(code)

    assert city.rows(ProcessInstance, enterprise_id=code) == []
    with clock.held(city.at), pytest.raises(RuleViolation, match="目前没有符合该企业条件"):
        processes.start(house, actor(house, "office"), "policy_push_enterprise", {"enterprise_id": code}, key="one")


def test_specialist_changes_the_task_follows_the_pairing_and_the_draft_is_kept(house: House) -> None:
    city = City(house)
    grant, code = city.policy(), city.firm(1, specialist=True, **GOOD)
    city.open().choose(grant).confirm("sci")
    (task,) = city.tasks("confirm_package")
    with clock.held(city.at):
        typed = {"outcome": "push", "note": "请尽快准备材料"}
        tasks.save_draft(house, actor(house, "specialist.wang"), task.id, typed, revision=task.revision)
        city.pair(code, "specialist.li")
        assert package_handover.follow_pairings(house) == 1
        assert package_handover.follow_pairings(house) == 0

    (task,) = city.tasks("confirm_package")

    assert task.principal == f"person:{actor(house, 'specialist.li').person_id}"
    assert city.one(Draft, task_id=task.id).data["note"] == "请尽快准备材料"
    city.do("confirm_package", outcome="push", note="请尽快准备材料").do("read_package", outcome="done")
    assert city.instance(city.package(code).key).end_element == "package_closed"


def test_round_guard_the_round_ends_and_its_open_packages_end_by_their_own_timers(house: House) -> None:
    city = City(house)
    grant = city.policy()
    city.open().choose(grant)
    for number in (1, 2):
        city.firm(number, specialist=True, **GOOD)
    city.confirm("sci", "adjusted", conditions=[{"no": 1, **RD, "value": "2"}])
    assert city.open_elements() == ["confirm_package"]

    city.later(5).later(25)
    assert city.open_elements() == ["read_package"]
    city.later(14)

    assert city.instance("policy_push:2022-3").end_element == "round_closed"
    city.later(1)
    assert city.open_elements() == []


def test_own_round_of_the_office_gets_a_number_behind_those_of_the_calendar(house: House) -> None:
    city = City(house)

    with clock.held(city.at):
        for key in ("a", "b"):
            processes.start(house, actor(house, "office"), "policy_push", {"year": 2022}, key=key)

    keys = sorted(row.business_key for row in city.rows(ProcessInstance))
    assert keys == ["policy_push:2022-5", "policy_push:2022-6"]


def test_the_calendar_opens_four_rounds_a_year_once_there_are_policies(house: House) -> None:
    city = City(house, datetime(2022, 2, 8, 9, tzinfo=ZONE))

    def rounds_on(day: date) -> list[str]:
        with clock.held(datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)):
            openings.open_campaigns(house)
        keys = (row.business_key for row in city.rows(ProcessInstance, definition_key="policy_push"))
        return sorted(key.removeprefix("policy_push:") for key in keys)

    assert rounds_on(date(2022, 2, 8)) == []
    city.policy()
    assert rounds_on(date(2022, 2, 9)) == []
    assert rounds_on(date(2022, 5, 4)) == []
    assert rounds_on(date(2022, 5, 5)) == ["2022-2"]
    assert rounds_on(date(2022, 8, 1)) == ["2022-2", "2022-3"]
    assert rounds_on(date(2022, 8, 2)) == ["2022-2", "2022-3"]


def test_it_runs_on_both_databases(any_house: House) -> None:
    city = City(any_house)
    grant, code = city.policy(), city.firm(1, specialist=True, **GOOD)

    city.open().choose(grant).confirm("sci").do("confirm_package", outcome="push")
    city.do("read_package", outcome="help", stars=4, policies=[{"no": 1, "use": "help", "text": "材料不清楚"}])

    assert city.package(code).state == "read"
    assert len(demands(city)) == 1
    assert city.instance("policy_push:2022-3").end_element == "round_closed"


def test_opened_twice_gives_one_round(house: House) -> None:
    city = City(house).open().open()

    assert len(city.rows(ProcessInstance)) == 1


def test_a_policy_that_ended_between_opening_and_sending_is_not_chosen(house: House) -> None:
    city = City(house)
    grant = city.policy()
    city.open()
    repeal(city, grant)

    with pytest.raises(InvalidForm) as refused:
        city.choose(grant)

    assert refused.value.errors == [("policies", "请选择1至30项政策")]


def test_the_due_days_of_the_timers_are_those_of_the_rules(house: House) -> None:
    city = City(house)
    grant = city.policy()
    city.firm(1, **GOOD)
    city.open().choose(grant).confirm("sci")

    (task,) = city.tasks("read_package")

    assert task.due_on == date(2022, 8, 29)
    assert datetime(2022, 8, 1, tzinfo=UTC) < task.created_at


def test_more_than_one_page_is_matched_and_packed_page_by_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match_pages, "PAGE", 2)
    monkeypatch.setattr(package_pages, "PAGE", 2)
    city = City(house)
    grant = city.policy()
    for number in range(1, 6):
        city.firm(number, **(GOOD if number != 3 else POOR))

    city.open().choose(grant)
    line = city.one(PolicyRoundLine)
    assert (line.met, line.excluded, line.is_matched) == (4, 1, True)
    city.confirm("sci")

    assert len(city.tasks("read_package")) == 4
    for task in city.tasks("read_package"):
        city.send(task, outcome="done")
    assert city.instance("policy_push:2022-3").end_element == "round_closed"


def test_packages_wait_for_a_match_that_is_not_done(house: House) -> None:
    city = City(house)
    grant = city.policy()
    city.firm(1, **GOOD)
    city.open()
    with clock.held(city.at):
        (task,) = city.tasks("choose_policies")
        chosen = [{"key": str(grant), "chosen": True}]
        tasks.complete(house, actor(house, "office"), task.id, {"policies": chosen}, key="choose")
    with pytest.raises(InvalidForm, match="有 1 处"):
        city.confirm("sci")

    city.later(0).confirm("sci")

    assert len(city.tasks("read_package")) == 1
