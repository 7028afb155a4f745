"""依法删除 on its screen: proposed by the security administrator, decided by the audit administrator."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models.erasure import Erasure
from app.services import audit
from app.services.house import House
from app.terms import ErasureStatus
from tests import walks
from tests.applications import SignIn

REASON = "企业联系人撤回同意，要求删除"


def status(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.scalars(select(Erasure.status).order_by(Erasure.id)))


def asked(sign_in: SignIn, stream: str, **other: str) -> int:
    form = {"stream": stream, "seqs": "2", "ground": "consent", "reason": REASON, **other}
    return sign_in("security_admin").post("/erasures", data=form).status_code


def test_proposed_confirmed_and_erased(sign_in: SignIn, house: House) -> None:
    id_ = walks.walked(house, "linear")
    assert asked(sign_in, id_) == 302
    auditor = sign_in("audit_admin")
    assert REASON in auditor.get("/erasures").text

    forgot = auditor.post("/erasures/1/approval", data={})
    assert (forgot.status_code, "无法恢复" in forgot.text, status(house)) == (422, True, [ErasureStatus.PROPOSED])
    assert auditor.post("/erasures/1/approval", data={"confirmed": "1"}).status_code == 302

    page = auditor.get("/erasures").text
    assert "已删除" in page
    assert status(house) == [ErasureStatus.DONE]
    assert audit.verify(house).faults == ()
    assert "依法删除内容" in auditor.get("/administration-events").text
    moment = sign_in("auditor").get(f"/histories/{id_}?event=2").text
    assert "内容已依法删除" in moment
    assert REASON in moment


def test_refused_with_a_reason_and_withdrawn_by_who_asked(sign_in: SignIn, house: House) -> None:
    id_ = walks.walked(house, "linear")
    asked(sign_in, id_)
    asked(sign_in, id_, seqs="3")
    auditor = sign_in("audit_admin")

    assert auditor.post("/erasures/1/rejection", data={"decision": ""}).status_code == 422
    assert auditor.post("/erasures/1/rejection", data={"decision": "仍在保存期限内"}).status_code == 302
    assert auditor.post("/erasures/2/withdrawal").status_code == 403
    assert sign_in("security_admin").post("/erasures/2/withdrawal").status_code == 302

    assert status(house) == [ErasureStatus.REJECTED, ErasureStatus.WITHDRAWN]
    assert "仍在保存期限内" in sign_in("security_admin").get("/erasures").text


def test_a_form_that_does_not_fit_comes_back_as_typed(sign_in: SignIn, house: House) -> None:
    answer = sign_in("security_admin").post("/erasures", data={"stream": "nobody", "seqs": "x", "reason": REASON})

    assert answer.status_code == 422
    assert REASON in answer.text
    assert "请填写记录序号" in answer.text


@pytest.mark.parametrize("login", ["office", "system_admin", "contact.miit"])
def test_it_is_for_two_administrators_only(sign_in: SignIn, login: str) -> None:
    assert sign_in(login).get("/erasures").status_code == 403


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_a_page_that_is_not_there_is_refused(sign_in: SignIn, before: str) -> None:
    assert sign_in("audit_admin").get("/erasures", query_string={"before": before}).status_code == 400
