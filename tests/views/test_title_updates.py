"""逾期更新 on the screen: the locality enters late data, the bureau gives the right back, and nobody else sees it."""

from __future__ import annotations

from app import clock
from app.models.title_maintenance import TitleUpdate
from app.services.house import House
from tests.applications import SignIn
from tests.services.test_late_updates import ASKED
from tests.services.titles import CONTACT, FIGURES, Register

ROW = "/title-updates"


def lapsed(house: House) -> tuple[Register, str]:
    register = Register(house)
    code = register.firm(1, "specialised")
    register.open_due()
    register.on("2023-05-05")
    return register, f"{ROW}/{register.instance(f'title_maintenance_update:{code}:2023').id}"


def form() -> dict[str, str]:
    typed = {f"figures.{index}.no": str(index + 1) for index in range(len(ASKED))}
    typed |= {f"figures.{index}.value": str(FIGURES.get(key, 0)) for index, key in enumerate(ASKED)}
    return {**CONTACT, **typed}


def test_the_locality_enters_late_data(house: House, sign_in: SignIn) -> None:
    register, address = lapsed(house)
    clerk = sign_in("contact.hanjiang")
    with clock.held(register.at):
        assert "扬州第1精密机械有限公司" in clerk.get(ROW).text
        page = clerk.get(address).text
        assert "补录数据" in page
        assert "恢复复核资格</button>" not in page

        refused = clerk.post(address, data={**form(), "product": ""})
        assert refused.status_code == 422
        assert "请填写主导产品" in refused.text
        assert clerk.post(address, data=form()).status_code == 302
        assert "补录" in clerk.get(ROW).text

    assert register.rows(TitleUpdate)[0].status == "late"


def test_another_locality_sees_nothing_of_it(house: House, sign_in: SignIn) -> None:
    register, address = lapsed(house)
    stranger = sign_in("contact.yizheng")
    with clock.held(register.at):
        assert "扬州第1精密机械有限公司" not in stranger.get(ROW).text
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, data=form()).status_code == 403
        assert sign_in("firm1").get(address).status_code == 403


def test_the_bureau_gives_the_right_back_with_a_reason(house: House, sign_in: SignIn) -> None:
    register, address = lapsed(house)
    bureau = sign_in("contact.miit")
    with clock.held(register.at):
        assert "恢复复核资格" in bureau.get(address).text
        assert bureau.post(f"{address}/right", data={"reason": ""}).status_code == 422
        assert bureau.post(f"{address}/right", data={"reason": "平台故障，企业已按期提交"}).status_code == 302
        assert "已恢复复核资格" in bureau.get(ROW).text

    assert register.rows(TitleUpdate)[0].is_in_time is True
