"""Late data of a lapsed update, entered by the locality, and the right that the bureau gives back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app import clock
from app.errors import InvalidForm, NotPermitted, StaleProcess
from app.models.enterprise import EnterpriseYear
from app.models.title_maintenance import TitleUpdate
from app.services import audit, late_updates, reexecution
from app.services.house import House
from tests.factories import actor
from tests.services.titles import CONTACT, FIGURES, Register

UPDATE = "title_maintenance_update"
ASKED = (*FIGURES, "equity_wan", "tax_paid_wan", "invoiced_wan")
ANSWERS: dict[str, Any] = {
    **CONTACT,
    "figures": [{"no": no, "value": float(str(FIGURES.get(key, 0)))} for no, key in enumerate(ASKED, start=1)],
}


def lapsed(house: House) -> tuple[Register, str, str]:
    register = Register(house)
    code = register.firm(1, "specialised")
    register.open_due()
    register.on("2023-05-05")
    return register, code, register.instance(f"{UPDATE}:{code}:2023").id


def enter(register: Register, instance_id: str, login: str = "contact.hanjiang", **more: Any) -> None:
    with clock.held(register.at):
        who = actor(register.house, login)
        late_updates.enter(register.house, who, instance_id, {**ANSWERS, **more}, key=register.key())


def test_late_data_are_kept_and_the_mark_stays(house: House) -> None:
    register, code, instance_id = lapsed(house)

    enter(register, instance_id)

    owed = register.rows(TitleUpdate)[0]
    assert (owed.status, owed.is_in_time, owed.filed_on) == ("late", False, date(2023, 5, 5))
    assert register.rows(EnterpriseYear, enterprise_id=code, year=2022)[0].figures["revenue_wan"] == "5000"
    assert register.titles(code)["specialised"].right_lost_on == date(2023, 5, 5)
    assert audit.verify(house).faults == ()
    assert [again.departure for again in reexecution.replay_all(house)] == [None]


def test_only_the_locality_enters_them_and_only_what_the_form_allows(house: House) -> None:
    register, _, instance_id = lapsed(house)

    with pytest.raises(NotPermitted):
        enter(register, instance_id, "contact.yizheng")
    with pytest.raises(NotPermitted):
        enter(register, instance_id, "firm1")
    with pytest.raises(InvalidForm):
        enter(register, instance_id, figures=[])


def test_an_update_that_runs_is_not_entered_beside_it(house: House) -> None:
    register = Register(house)
    code = register.firm(1, "specialised")
    register.open_due()

    with pytest.raises(StaleProcess):
        enter(register, register.instance(f"{UPDATE}:{code}:2023").id)


def test_the_bureau_upholds_an_objection_and_gives_the_right_back(house: House) -> None:
    register, code, instance_id = lapsed(house)

    def restore(login: str, reason: str = "平台故障，企业已按期提交") -> None:
        with clock.held(register.at):
            who = actor(house, login)
            late_updates.restore_right(house, who, instance_id, reason, key=register.key())

    for login in ("contact.hanjiang", "firm1"):
        with pytest.raises(NotPermitted):
            restore(login)
    with pytest.raises(InvalidForm):
        restore("contact.miit", "")
    restore("contact.miit")

    assert register.rows(TitleUpdate)[0].is_in_time is True
    assert register.titles(code)["specialised"].right_lost_on is None
