"""Leads the upgrading library and the growth selection through the command path, day by day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import clock
from app.clock import ZONE
from app.duties.credit_code import with_check_character
from app.models.enterprise import Enterprise
from app.models.user_task import UserTask
from app.services import outbox, processes
from app.services.house import House
from tests import factories
from tests.services.consultations import Office

MARCH = datetime(2022, 3, 1, 9, tzinfo=ZONE)


def code(number: int) -> str:
    return with_check_character(f"91321000MA{number:07d}")


def row(number: int, **more: Any) -> dict[str, Any]:
    """A row of the nomination form; its enterprise has agreed by telephone."""
    return {
        "credit_code": code(number),
        "chain": "高端装备",
        "product": "精密丝杠",
        "revenue_wan": 8000,
        "staff": 120,
        "tier": "tech_sme",
        "contact_name": "王工",
        "contact_phone": "13800000000",
        "consent": "phone",
        "consent_on": "2022-02-28",
    } | more


class Library(Office):
    def __init__(self, house: House, at: datetime = MARCH) -> None:
        super().__init__(house, at)
        self.id = ""

    def firms(self, *numbers: int, **fields: Any) -> Library:
        with clock.held(self.at), self.house.database.transaction() as session:
            for number in numbers:
                factories.enterprise(session, number, **{"industry": "industry", **fields})
        return self

    def account(self, number: int, login: str = "firm") -> Library:
        with clock.held(self.at), self.house.database.transaction() as session:
            factories.account(session, session.get_one(Enterprise, code(number)), login)
        return self

    def start(self, process: str = "library_entry", login: str = "contact.hanjiang", **variables: Any) -> Library:
        with clock.held(self.at):
            who = factories.actor(self.house, login)
            told = {"year": self.at.year, "locality": "hanjiang", **variables}
            self.id = str(processes.start(self.house, who, process, told, key=self.key())["id"])
            outbox.drain(self.house)
        return self

    def nominate(self, *rows: dict[str, Any], **more: Any) -> Library:
        self.do("nominate_enterprises", rows=list(rows), **more)
        return self

    def signed(self) -> Library:
        self.do("sign_nomination", "head.hanjiang", outcome="yes")
        return self

    def accepted(self) -> Library:
        self.do("review_nomination", outcome="accepted")
        return self

    def entered(self) -> Library:
        self.do("sign_entry", outcome="yes")
        return self

    def firm(self, number: int) -> Enterprise:
        return self.rows(Enterprise, id=code(number))[0]

    def one(self, element: str) -> UserTask:
        return self.tasks(element)[0]

    def says(self, element: str) -> dict[str, Any]:
        return self.form(self.one(element))

    def reread(self) -> Any:
        from app.models.process import ProcessInstance

        return self.rows(ProcessInstance, id=self.id)[0]
