"""Leads 典型案例 through the command path: offered, written, consented to, reviewed, checked, published."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app import clock
from app.clock import ZONE
from app.models.enterprise import Title
from app.models.typical_case import TypicalCase
from app.services import outbox, typical_cases
from app.services.house import House
from tests.factories import actor
from tests.services.servings import City

SEPTEMBER = datetime(2023, 9, 1, 9, tzinfo=ZONE)
TEXT = "企业建立首席质量官制度，组建技术攻关小组，联合高校共建实验室，产品质量稳定提升，客户评价良好。" * 3
RESULT = f"{TEXT}全年销售增长35%，新增就业岗位稳定。带动上下游企业共同发展。"
FIGURE = {"label": "销售增长", "value": 35, "unit": "%", "as_of": "2022-12-31", "source": "enterprise"}
PARTS = {"situation": TEXT, "practice": TEXT, "result": RESULT, "lesson": TEXT}
OFFER = {"title": "小零件走进大飞机的十年路", "kind": "growth", "text": "该企业十年专注一个零件，值得推广。"}
GOOD = {"typical": 8, "truthful": 8, "repeatable": 7, "written": 6}
FAIR = {"typical": 7, "truthful": 7, "repeatable": 5, "written": 4}
POOR = {"typical": 4, "truthful": 5, "repeatable": 5, "written": 5}
RETURNED: dict[str, Any] = {"outcome": "returned", "return_points": [{"field": "result", "point": "请补充数据"}]}


class Column(City):
    """A firm with a title in force, and what becomes of the cases about it. at: 1 September 2023."""

    def __init__(self, house: House, at: datetime = SEPTEMBER) -> None:
        super().__init__(house, at)
        self.code = self.firm(1)
        with clock.held(at), house.database.transaction() as session:
            announced = date(2022, 8, 1)
            told = {"level": "specialised", "announced_on": announced, "from_on": announced}
            session.add(Title(enterprise_id=self.code, until_on=date(2025, 7, 31), **told))

    def offer(self, login: str = "contact.miit", unit_id: str = "", **more: Any) -> TypicalCase:
        with clock.held(self.at):
            told = {**OFFER, "subject": self.code, **more}
            told = {name: value for name, value in told.items() if value}
            typical_cases.offer(self.house, actor(self.house, login), told, key=self.key(), unit_id=unit_id)
            outbox.drain(self.house)
        return self.cases()[-1]

    def cases(self) -> list[TypicalCase]:
        return self.rows(TypicalCase, order=TypicalCase.number)

    @property
    def case(self) -> TypicalCase:
        return self.cases()[-1]

    def written(self, **more: Any) -> Column:
        self.do("write_case", **{**PARTS, "figures": [FIGURE], "secrets": True, **more})
        return self

    def signed(self) -> Column:
        self.do("sign_case", outcome="yes")
        return self

    def consented(self, outcome: str = "yes", **more: Any) -> Column:
        self.do("confirm_by_firm", outcome=outcome, **{"signer": "江海燕", **more})
        return self

    def reviewed(self, points: dict[str, int] | None = None, outcome: str = "yes", **more: Any) -> Column:
        self.do("review_case", "office.drc", **(points or GOOD), outcome=outcome, **more)
        return self

    def checked(self, verdict: str = "right", **more: Any) -> Column:
        for task in self.tasks("check_facts"):
            rows = [{**row, "verdict": verdict, **more} for row in self.form(task)["figures"]]
            self.send(task, figures=rows)
        return self

    def approved(self, outcome: str = "yes", **more: Any) -> Column:
        self.do("approve_publishing", "signer", outcome=outcome, **more)
        return self

    def published(self, login: str = "contact.miit", **more: Any) -> TypicalCase:
        """Straight through, by this author."""
        self.offer(login, **more)
        self.written()
        if self.tasks("sign_case"):
            self.signed()
        self.consented().reviewed().checked().approved()
        return self.case

    def end(self) -> str:
        return str(self.instances("typical_case")[-1].end_element)
