"""千企升级入库培育 through the command path: nominated, compared, agreed, reviewed, entered; checked once a year."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from app import clock
from app.errors import AlreadyDone, InvalidForm, NotFound, NotPermitted, RuleViolation
from app.models.enterprise import Enterprise, EnterpriseYear, LibraryStay
from app.models.event import EventPayload
from app.models.library import NominationRow
from app.models.notification import Notification
from app.models.outbox import OutboxRow
from app.services import library_applications, proxies, succession, units
from app.services.house import House
from tests.factories import actor
from tests.services.libraries import Library, code, row


def states(library: Library) -> dict[str, str]:
    return {one.enterprise_id: one.state for one in library.rows(NominationRow, instance_id=library.id)}


def messages(library: Library, name: str) -> list[str]:
    rows = library.rows(OutboxRow, kind="message")
    return sorted(one.payload["key"] for one in rows if one.payload["name"] == name)


def test_a_list_is_nominated_signed_reviewed_and_entered(house: House) -> None:
    library = Library(house).firms(1, 2).account(1).start()

    library.nominate(row(1), row(2, revenue_wan=6500.5)).signed()
    assert library.says("review_nomination")["summary"] == "报送2家。"
    library.accepted().entered()

    assert library.reread().end_element == "list_entered"
    assert [(stay.enterprise_id, stay.entered_on, stay.locality_id) for stay in library.rows(LibraryStay)] == [
        (code(1), date(2022, 3, 1), "hanjiang"),
        (code(2), date(2022, 3, 1), "hanjiang"),
    ]
    firm = library.firm(2)
    assert (firm.library_since, firm.chain, firm.profile["library_tier"]) == (date(2022, 3, 1), "高端装备", "tech_sme")
    assert library.rows(EnterpriseYear, enterprise_id=code(2))[0].figures == {"revenue_wan": "6500.5", "staff": "120"}
    assert messages(library, "enterprise_entered") == sorted([code(1), code(2)])
    assert [note.title for note in library.rows(Notification)] == ["已列入“千企升级”培育库"]


def test_what_is_known_already_is_skipped_and_the_rest_goes_on(house: House) -> None:
    library = Library(house).firms(1, 2).firms(3, library_since=date(2021, 3, 1))
    library.firms(4, locality_id="gaoyou").firms(5, state="deregistered").start()

    library.nominate(*map(row, (1, 2, 3, 4, 5)))

    form = library.says("sign_nomination")
    assert [one["text"] for one in form["findings"]] == [
        "第3行企业已在库（2021年3月1日入库）",
        "第4行企业注册地为高邮市",
        "第5行企业不在正常经营状态",
    ]
    assert [one["no"] for one in form["rows"]] == [1, 2]
    library.signed().accepted().entered()
    assert sorted(states(library).values()) == ["entered", "entered", "skipped", "skipped", "skipped"]
    assert [one.locality_id for one in library.rows(NominationRow, state="pool")] == ["gaoyou"]


def test_a_list_without_a_valid_row_goes_back_to_the_locality(house: House) -> None:
    library = Library(house).firms(1).firms(3, library_since=date(2021, 3, 1)).start()

    library.nominate(row(3))

    assert library.open_elements() == ["nominate_enterprises"]
    assert library.says("nominate_enterprises")["findings"][0]["text"] == "第1行企业已在库（2021年3月1日入库）"
    library.nominate(row(1)).signed().accepted().entered()
    assert states(library) == {code(1): "entered"}


def test_what_cannot_be_read_is_refused(house: House) -> None:
    library = Library(house).firms(1).start()

    with pytest.raises(InvalidForm) as refused:
        library.nominate(row(1, credit_code=code(1)[:-1] + "?"), row(1), row(1, consent="platform"))

    assert [text for _, text in refused.value.errors] == [
        "第1行信用代码校验不通过",
        "企业尚未在平台确认，请选择电话确认或待确认",
        "第2、3行重复",
    ]


def test_an_enterprise_without_a_file_gets_one(house: House) -> None:
    library = Library(house).start()

    library.nominate(row(7, name="扬州新厂有限公司", industry="software")).signed().accepted().entered()

    firm = library.firm(7)
    assert (firm.name, firm.locality_id, firm.industry) == ("扬州新厂有限公司", "hanjiang", "software")


def test_firms_that_stay_silent_wait_for_the_next_list(house: House) -> None:
    library = Library(house).firms(1, 2, 3).account(2).start()
    library.nominate(row(1), row(2, consent="waiting"), row(3, consent="waiting")).signed()
    assert library.open_elements() == ["collect_consent"]

    agree(library, 2)
    assert library.says("collect_consent")["rows"][1]["consent"] == "platform"
    library.later(14)

    assert library.says("review_nomination")["summary"] == "报送2家；1家企业尚未确认，转入下一次名单。"
    library.accepted().entered()
    assert states(library) == {code(1): "entered", code(2): "entered", code(3): "silent"}
    library.start()
    assert [one["origin"] for one in library.says("nominate_enterprises")["applications"]] == ["上次未确认"]


def agree(library: Library, number: int, agrees: bool = True, login: str = "firm") -> None:
    listed = library.rows(NominationRow, enterprise_id=code(number), instance_id=library.id)[0]
    with clock.held(library.at):
        library_applications.answer_consent(
            library.house, actor(library.house, login), listed.id, agrees, key=library.key()
        )


def test_consent_is_collected_by_telephone_and_a_firm_may_refuse(house: House) -> None:
    library = Library(house).firms(1, 2).account(2).start()
    library.nominate(row(1, consent="waiting"), row(2, consent="waiting")).signed()
    agree(library, 2, agrees=False)

    form = library.says("collect_consent")
    assert [one["no"] for one in form["rows"]] == [1]
    answered = [{**form["rows"][0], "consent": "phone", "consent_on": "2022-03-01"}]
    library.do("collect_consent", rows=answered)

    library.accepted().entered()
    assert states(library) == {code(1): "entered", code(2): "declined"}
    with pytest.raises(AlreadyDone):
        agree(library, 2)


def test_another_enterprise_cannot_answer(house: House) -> None:
    library = Library(house).firms(1, 2).account(1).start()
    library.nominate(row(2, consent="waiting")).signed()

    with pytest.raises(NotFound):
        agree(library, 2)


def test_a_returned_list_is_corrected_where_it_was_returned_and_the_third_review_accepts(house: House) -> None:
    library = Library(house).firms(1, 2).start()
    library.nominate(row(1), row(2)).signed()

    for times in (1, 2):
        library.do("review_nomination", outcome="returned", return_points=[{"row_no": 2, "point": "产品写得不清楚"}])
        form = library.says("nominate_enterprises")
        assert form["return_points"] == [{"no": 1, "name": "扬州第2精密机械有限公司", "point": "产品写得不清楚"}]
        with pytest.raises(InvalidForm):
            library.nominate(row(1, product="轴承"), row(2))
        library.nominate(row(1), row(2, product=f"滚珠丝杠{times}型")).signed()

    with pytest.raises(InvalidForm):
        library.do("review_nomination", outcome="returned", return_points=[{"row_no": 2, "point": "仍不清楚"}])
    form = library.says("review_nomination")
    assert form["summary"].endswith("已退回2次。")
    rows = [form["rows"][0], {**form["rows"][1], "decision": "no", "reason": "主导产品不符"}]
    library.do("review_nomination", outcome="accepted", rows=rows)
    assert library.says("sign_entry")["refused"] == [
        {"no": 2, "name": "扬州第2精密机械有限公司", "reason": "主导产品不符"}
    ]
    library.entered()
    assert states(library) == {code(1): "entered", code(2): "refused"}


def test_the_correction_is_due_after_three_working_days(house: House) -> None:
    library = Library(house).firms(1).start()
    assert library.one("nominate_enterprises").due_on == date(2022, 3, 29)
    library.nominate(row(1)).signed()

    library.do("review_nomination", outcome="returned", return_points=[{"row_no": 1, "point": "产品写得不清楚"}])

    assert library.one("nominate_enterprises").due_on == date(2022, 3, 4)


def test_the_head_of_the_bureau_sends_the_list_back_to_review(house: House) -> None:
    library = Library(house).firms(1).start().nominate(row(1)).signed().accepted()

    library.do("sign_entry", outcome="no", opinion_text="请再核对产业链")

    assert library.open_elements() == ["review_nomination"]
    library.accepted().entered()
    assert states(library) == {code(1): "entered"}


def test_the_head_of_the_locality_sends_the_list_back(house: House) -> None:
    library = Library(house).firms(1).start().nominate(row(1))

    library.do("sign_nomination", outcome="no", opinion_text="请补充推荐理由")

    assert library.open_elements() == ["nominate_enterprises"]
    assert library.says("nominate_enterprises")["rows"][0]["credit_code"] == code(1)


def apply(library: Library, login: str = "firm", **more: object) -> int:
    answers = {
        name: row(1)[name] for name in ("chain", "product", "revenue_wan", "staff", "contact_name", "contact_phone")
    }
    with clock.held(library.at):
        who = actor(library.house, login)
        return library_applications.apply_for_library(library.house, who, {**answers, **more}, key=library.key())["id"]


def test_a_firms_own_application_joins_the_open_list(house: House) -> None:
    library = Library(house).firms(1).account(1).start()

    apply(library)

    form = library.says("nominate_enterprises")
    assert [(one["origin"], one["decision"]) for one in form["applications"]] == [("企业自荐", "yes")]
    library.nominate().signed().accepted().entered()
    assert states(library) == {code(1): "entered"}
    assert library.firm(1).library_since == date(2022, 3, 1)


def test_an_application_that_is_not_nominated_ends_with_a_reason(house: House) -> None:
    library = Library(house).firms(1, 2).account(1).start()
    apply(library)
    form = library.says("nominate_enterprises")

    declined = [{**form["applications"][0], "decision": "no", "reason": "主导产品不在重点方向"}]
    library.nominate(row(2), applications=declined).signed().accepted().entered()

    assert states(library) == {code(1): "refused", code(2): "entered"}


def test_an_application_is_checked_and_made_once(house: House) -> None:
    library = Library(house).firms(1).account(1)

    with pytest.raises(InvalidForm) as refused:
        apply(library, staff=1200, revenue_wan=50000)
    assert refused.value.errors == [("staff", "按所填数据，贵企业不符合中小企业划型标准")]
    apply(library)
    with pytest.raises(InvalidForm) as refused:
        apply(library)
    assert refused.value.errors == [("", "贵企业已申请入库或已被推荐，正在办理")]
    with pytest.raises(NotPermitted):
        apply(library, login="contact.hanjiang")


def test_the_same_firm_on_two_lists_enters_once_by_its_registered_place(house: House) -> None:
    library = Library(house)
    first = library.start(locality="hanjiang").id
    library.nominate(row(7, name="扬州新厂有限公司"))
    library.start(login="contact.gaoyou", locality="gaoyou")
    library.do("nominate_enterprises", "contact.gaoyou", rows=[row(7, name="扬州新厂有限公司")])

    for _ in range(2):
        for element in ("sign_nomination", "review_nomination", "sign_entry"):
            for task in library.tasks(element):
                library.send(task, outcome="accepted" if element == "review_nomination" else "yes")

    lists = {one.instance_id: one.state for one in library.rows(NominationRow) if one.instance_id}
    assert lists == {first: "entered", library.id: "skipped"}
    assert len(library.rows(LibraryStay)) == 1


def test_a_locality_opens_for_itself_only_and_has_one_list_at_a_time(house: House) -> None:
    library = Library(house).firms(1).start()

    with pytest.raises(RuleViolation) as refused:
        library.start()
    assert refused.value.text == "邗江区已有办理中的推荐名单，请在该名单中推荐"
    with pytest.raises(NotPermitted):
        library.start(login="contact.hanjiang", locality="gaoyou")
    with pytest.raises(NotPermitted):
        library.start(login="contact.drc", locality="gaoyou")
    library.nominate(row(1)).signed().accepted().entered()
    assert library.start().reread().business_key == "library_entry:2022:321003:2"


def test_an_open_list_of_a_merged_locality_goes_to_its_successor_with_its_draft(house: House) -> None:
    library = Library(house).firms(1, locality_id="ecotech").start(login="contact.ecotech", locality="ecotech")

    with clock.held(library.at):
        with house.database.transaction() as session:
            units.merge_unit(session, actor(house, "system_admin"), "ecotech", "etdz")
        succession.move_to_successor(house, actor(house, "system_admin"), "ecotech")
    library.do("nominate_enterprises", "contact.etdz", rows=[row(1)])
    library.do("sign_nomination", "head.etdz", outcome="yes").do("review_nomination", outcome="accepted")
    library.do("sign_entry", outcome="yes")

    assert states(library) == {code(1): "entered"}


def in_library(library: Library, *numbers: int, **fields: object) -> Library:
    since = date(2021, 3, 1)
    library.firms(*numbers, library_since=since, **fields)
    with library.house.database.transaction() as session:
        session.add_all(
            LibraryStay(enterprise_id=code(number), locality_id="hanjiang", entered_on=since) for number in numbers
        )
    return library


def checking(house: House) -> Library:
    """The yearly check of five enterprises, one of which has gone."""
    library = Library(house)
    library.at = library.at.replace(month=11)
    in_library(library, 1, 2, 3, 4)
    in_library(library, 5, state="deregistered")
    return library.start("library_entry_check", login="office")


def exceptions(form: dict, **by_code: dict) -> list[dict]:
    return [{**one, **by_code.get(one["credit_code"], {})} for one in form["rows"]]


def test_the_yearly_check_takes_out_who_has_gone_and_moves_who_has_moved(house: House) -> None:
    library = checking(house)
    form = library.says("check_library")
    assert (form["rows"][0]["credit_code"], form["rows"][0]["state"]) == (code(5), "deregistered")
    told = {"on": "2022-08-01", "proof": "登记机关信息"}

    rows = exceptions(
        form,
        **{
            code(1): {"state": "large", **told},
            code(2): {"state": "moved_out", "to_locality": "高邮市", **told},
            code(3): {"state": "moved_out", "to_locality": "南京市", **told},
        },
    )
    library.do("check_library", rows=rows)
    assert library.says("sign_check")["summary"] == "在库5家，正常1家，建议出库3家，市内迁移1家。"
    library.do("sign_check", outcome="yes").do("review_check", outcome="accepted")

    assert library.reread().end_element == "library_checked"
    left = {stay.enterprise_id: stay.exit_reason for stay in library.rows(LibraryStay) if stay.left_on}
    assert left == {
        code(1): "升为大型企业（2022-08-01）",
        code(3): "迁出本市（2022-08-01）",
        code(5): "注销（2022-11-01）",
    }
    assert [library.firm(number).library_since is None for number in range(1, 6)] == [True, False, True, False, True]
    assert library.firm(2).locality_id == "gaoyou"
    assert messages(library, "pairing_needless") == sorted([code(3), code(5)])


def test_a_check_is_sent_back_and_changed(house: House) -> None:
    library = checking(house)
    library.do("check_library", rows=library.says("check_library")["rows"])

    library.do("sign_check", outcome="no", opinion_text="第3家已停产")
    assert library.says("check_library")["returned_opinion"] == "邗江区负责人：第3家已停产"
    library.do("check_library", rows=library.says("check_library")["rows"]).do("sign_check", outcome="yes")
    library.do("review_check", outcome="returned", opinion_text="请核对停产企业")
    assert library.open_elements() == ["check_library"]
    assert library.one("check_library").due_on == date(2022, 11, 4)


def test_the_bureau_acts_for_a_silent_locality_with_a_reason(house: House) -> None:
    library = checking(house)
    task = library.one("check_library")
    assert task.due_on == date(2022, 11, 22)

    with pytest.raises(InvalidForm) as refused:
        take_over(library, task.id)
    assert refused.value.errors == [("reason", "2022年11月30日起方可代办。")]
    library.at += timedelta(days=29)
    with pytest.raises(NotPermitted):
        take_over(library, task.id, login="contact.drc")
    take_over(library, task.id)

    library.do("check_library", "contact.miit", rows=library.says("check_library")["rows"])
    library.do("sign_check", outcome="yes").do("review_check", outcome="accepted")
    assert library.reread().end_element == "library_checked"
    told = [json.loads(event.body) for event in library.rows(EventPayload, stream=library.id)]
    assert [(one["reason"], one["in_name_of"]) for one in told if "in_name_of" in one] == [
        ("邗江区逾期未核查，经催办仍未办理", "hanjiang")
    ]


def take_over(library: Library, task_id: str, login: str = "contact.miit") -> None:
    with clock.held(library.at):
        who = actor(library.house, login)
        proxies.take_over(library.house, who, task_id, "邗江区逾期未核查，经催办仍未办理", key=library.key())


def test_a_yearly_check_is_opened_once(house: House) -> None:
    library = checking(house)
    first = library.id

    assert library.start("library_entry_check", login="office").id == first


def test_it_runs_on_both_databases(any_house: House) -> None:
    library = Library(any_house).firms(1, 2, 3).account(3).start()
    apply(library)
    library.nominate(row(1), row(2, consent="waiting")).signed().later(14)
    library.accepted().entered()
    assert states(library) == {code(1): "entered", code(2): "silent", code(3): "entered"}

    library.at = library.at.replace(month=11)
    library.start("library_entry_check", login="office")
    form = library.says("check_library")
    gone = {"state": "deregistered", "on": "2022-10-08", "proof": "登记机关信息"}
    library.do("check_library", rows=exceptions(form, **{code(1): gone}))
    library.do("sign_check", outcome="yes").do("review_check", outcome="accepted")

    assert [firm.id for firm in library.rows(Enterprise) if firm.library_since] == [code(3)]
