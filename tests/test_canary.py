"""A planted canary: what is known of one enterprise is looked for on every page and in every answer of the API.

Another enterprise, another locality, experts, specialists of others and administrators must find none of it anywhere; a
department finds the name on the shared list, and nothing that is sensitive. A route with an argument that this test
does not know makes it fail: whoever adds one says here which of the enterprise's objects it leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as Route

from app import clock
from app.duties.recognition import to_json
from app.models.enterprise import Enterprise, EnterpriseYear, Evaluation, LibraryStay, Title
from app.models.pairing import Pairing, Specialist
from app.models.person import Person
from app.models.policy import PolicyPackage
from app.models.process import ProcessDefinition, ProcessInstance
from app.models.user_task import Attachment, UserTask
from app.services import processes
from app.services.house import House
from app.services.self_check import self_check
from app.terms import Role
from tests.applications import SignIn
from tests.factories import account, actor, enterprise, person

NAME, CONTACT, PHONE, ADDRESS = "金丝雀精密仪器有限公司", "金丝雀联系人", "13911112222", "金丝雀路八十八号"
FIGURE, SHOWN_FIGURE, CERTIFICATE, WORDS = "98765.43", "98,765.43", "CANARY-8841", "金丝雀扩建厂房的容积率调整"
RULES, LEVEL = "cn-2022-63", "specialised"
EVERYTHING = (NAME, CONTACT, PHONE, ADDRESS, FIGURE, SHOWN_FIGURE, CERTIFICATE, WORDS)
SENSITIVE = (CONTACT, PHONE, FIGURE, SHOWN_FIGURE, WORDS)
STRANGERS = ("other.firm", "contact.gaoyou", "expert", "other.specialist", "system_admin")
SLOW = ("api_documentation.swagger_ui", "static")
OPEN_TO_ALL = ("notices.",)  # a public notice is public

Places = Mapping[str, tuple[object, ...]]


@pytest.fixture
def places(house: House) -> Places:
    """Every object of the enterprise, by the name of the argument that leads to it."""
    today = clock.today()
    with house.database.transaction() as session:
        firm = enterprise(session, 1, "hanjiang", name=NAME, contact_name=CONTACT, contact_phone=PHONE, address=ADDRESS,
                          library_since=today)  # fmt: skip
        account(session, firm, "firm")
        account(session, enterprise(session, 2, "hanjiang"), "other.firm")
        session.add(person("expert", "专家", "sci", (Role.EXPERT, None)))
        session.add(person("paired.specialist", "结对专员", "miit", (Role.SPECIALIST, None)))
        session.add(person("other.specialist", "其他专员", "miit", (Role.SPECIALIST, None)))
        session.flush()
        evaluation = _file(session, firm, today)
        package = PolicyPackage(key="policy_push_enterprise:canary", enterprise_id=firm.id, year=today.year,
                                state="sent", message=WORDS, made_at=clock.now(), sent_at=clock.now())  # fmt: skip
        specialist = session.scalars(select(Person).where(Person.login == "paired.specialist")).one()
        session.add(Specialist(person_id=specialist.id, changed_at=clock.now()))
        session.add_all([package, Pairing(key="canary", enterprise_id=firm.id, kind="service", person_id=specialist.id,
                                          unit_id="miit", from_on=today)])  # fmt: skip
        session.flush()
        code, evaluation_id, package_id = firm.id, evaluation.id, package.id
    _matters(house, code)
    return _places(house, code, evaluation_id, package_id)


def _file(session: Session, firm: Enterprise, today: date) -> Evaluation:
    """A year's figures, an evaluation, a title that rests on it, and a stay in the library."""
    figures = {"revenue_wan": "120000", "rd_wan": FIGURE, "net_profit_wan": FIGURE, "staff": 321}
    last = today.year - 1
    told = {"source": "enterprise", "recorded_at": clock.now(), "recorded_by": "test"}
    session.add(EnterpriseYear(enterprise_id=firm.id, year=last, figures=figures, as_of=date(last, 12, 31), **told))
    session.flush()
    found = self_check(session, firm, LEVEL, today)
    assert found is not None
    inputs = {"figures": {str(last): figures}, "sources": {}, "profile": {}}
    of_level = {"enterprise_id": firm.id, "level": LEVEL, "rule_version": RULES}
    evaluation = Evaluation(
        **of_level, on=today, inputs=inputs, result=to_json(found), is_met=found.is_met, at=clock.now()
    )
    session.add(evaluation)
    session.flush()
    days = {"announced_on": today, "from_on": today, "until_on": today + timedelta(days=1000)}
    session.add(Title(**of_level, **days, certificate=CERTIFICATE, evaluation_id=evaluation.id))
    session.add(LibraryStay(enterprise_id=firm.id, locality_id=firm.locality_id, entered_on=today, exit_reason=""))
    return evaluation


def _matters(house: House, code: str) -> None:
    """A report of a change, a demand and a case that is not published, each begun by the enterprise itself."""
    firm = actor(house, "firm")
    change = {"enterprise_id": code, "event_on": clock.today().isoformat(), "kind": "rename", "text": WORDS}
    processes.start(house, firm, "title_maintenance_change", change, key="change")
    demand = {"enterprise_id": code, "category": "land", "title": "扩建厂房用地", "text": WORDS}
    processes.start(house, firm, "demand_response", demand, key="demand")
    case = {"author": f"enterprise:{code}", "title": "一家小厂的成长之路", "kind": "digital", "text": WORDS}
    processes.start(house, firm, "typical_case", case, key="case")


def _places(house: House, code: str, evaluation_id: int, package_id: int) -> Places:
    with house.database.reading() as session:
        instances = tuple(session.scalars(select(ProcessInstance.id).where(ProcessInstance.enterprise_id == code)))
        tasks = tuple(session.scalars(select(UserTask.id).where(UserTask.instance_id.in_(instances))))
        files = tuple(session.scalars(select(Attachment.id))) or ("none",)
        definitions = tuple(session.scalars(select(ProcessDefinition.id).limit(3)))
    whole = (*instances, *tasks, code, evaluation_id)
    return {
        "activity_id": (1,),
        "attachment_id": files,
        "batch_id": (1,),
        "bulletin_id": (1,),
        "code": (code,),
        "day": (clock.today().isoformat(),),
        "definition_id": definitions,
        "demand_id": (1,),
        "deployment_id": (1,),
        "evaluation_id": (evaluation_id,),
        "ending": ("docx", "csv"),
        "enterprise_id": (code,),
        "id": whole,
        "import_id": (1,),
        "run_id": ("0123456789abcdef",),
        "filter_id": (1,),
        "finding_id": (1,),
        "incident_id": (1,),
        "instance_id": instances,
        "key": ("demand_response", code),
        "letter": ("card",),
        "list_key": ("inbox", "started"),
        "notice_id": (1,),
        "number": (1, f"{clock.today().year}-001"),
        "package_id": (package_id,),
        "pairing_id": (1,),
        "paper": ("card",),
        "person_id": (1,),
        "photo_id": files,
        "policy_id": (1,),
        "position": (1,),
        "quarter": (1,),
        "resource_id": (1,),
        "seq": (1,),
        "size": (1,),
        "task_id": tasks,
        "times": (1,),
        "unit": ("hanjiang",),
        "unit_id": ("hanjiang",),
        "verb": ("transfer", "copies"),
        "visit_id": (1,),
        "year": (clock.today().year,),
    }


def addresses(app: Flask, places: Places) -> Iterator[str]:
    """Every address that can be read, with the enterprise's objects put in, and as a search for its code."""
    code = str(places["code"][0])
    build = app.url_map.bind("localhost").build
    for route in sorted(app.url_map.iter_rules(), key=lambda route: route.endpoint):
        if "GET" in (route.methods or ()) and route.endpoint not in SLOW:
            for values in _arguments(route, places):
                address = build(route.endpoint, values)
                yield address
                if not values:
                    yield f"{address}?q={code}"


def _arguments(route: Route, places: Places) -> Iterator[dict[str, object]]:
    names = sorted(route.arguments)
    unknown = [name for name in names if name not in places]
    assert not unknown, f"say in this test what {unknown} of {route.endpoint} leads to"
    is_whole = {name for name in names if type(route._converters[name]).__name__ == "IntegerConverter"}
    found = [[v for v in places[name] if isinstance(v, int) or name not in is_whole] or [999_999] for name in names]
    for values in product(*found):
        yield dict(zip(names, values, strict=True))


def leaks(client: FlaskClient, found: Iterator[str], canaries: tuple[str, ...]) -> list[str]:
    """Addresses whose answer says one of the words."""
    told = []
    for address in found:
        answer = client.get(address)
        text = answer.get_data().decode("utf-8", "replace")
        told += [f"{address} ({answer.status_code}): {word}" for word in canaries if word in text]
    return told


@pytest.mark.parametrize("login", STRANGERS)
def test_a_stranger_finds_nothing_of_an_enterprise_anywhere(
    app: Flask, sign_in: SignIn, places: Places, login: str
) -> None:
    assert leaks(sign_in(login), addresses(app, places), EVERYTHING) == []


def test_a_department_finds_nothing_sensitive(app: Flask, sign_in: SignIn, places: Places) -> None:
    assert leaks(sign_in("contact.com"), addresses(app, places), SENSITIVE) == []


@pytest.mark.parametrize("login", ["firm", "office", "contact.hanjiang", "auditor"])
def test_those_whose_matter_it_is_do_find_it(app: Flask, sign_in: SignIn, places: Places, login: str) -> None:
    assert leaks(sign_in(login), addresses(app, places), (NAME,)) != []
