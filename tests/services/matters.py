"""Leads 办实事清单 through the command path: what the departments, the office and a lead see and send, day by day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app import clock
from app.clock import ZONE
from app.models.practical_matter import MatterList, MatterMilestone, MatterRating, PracticalMatter
from app.models.user_task import UserTask
from app.services import outbox, practical_matters, processes
from app.services.house import House
from tests.factories import actor
from tests.services.libraries import Library, code

MARCH_2023 = datetime(2023, 3, 1, 9, tzinfo=ZONE)
APRIL_2022 = datetime(2022, 4, 18, 9, tzinfo=ZONE)
CONTENT = "面向专精特新中小企业推出专项贷款贴息，简化申报材料，按季度兑付到位，年内完成两批次。"
SUMMARY = "已按实施计划完成全部节点，组织对接活动四场，服务企业一百二十家，企业普遍反映办理更快、到账及时，达到预期。"
LEADS = ("市工信局", "市财政局", "市科技局", "市人社局")


class Matters(Library):
    """The list of a year; `number` is the matter that the acts of a lead are about."""

    def __init__(self, house: House, at: datetime = MARCH_2023, number: int = 1) -> None:
        super().__init__(house, at)
        self.number = number

    def key(self) -> str:
        return f"matters:{self.at.year}:{next(self.keys)}"

    def open(self, **variables: Any) -> Matters:
        with clock.held(self.at):
            told = {"year": self.at.year, **variables}
            processes.start(self.house, actor(self.house, "office"), "practical_matter", told, key=self.key())
            outbox.drain(self.house)
        return self

    def proposed(self, count: int = 14) -> Matters:
        """One matter by each of the first departments; the others have none."""
        for place, task in enumerate(self.tasks("propose_matter")):
            if place < count:
                row = {"title": f"第{place + 1:02}项惠企实事", "content": CONTENT, "is_own_lead": True}
                self.send(task, matters=[row])
            else:
                self.send(task, none=True, matters=[])
        return self

    def chosen(self, count: int = 10, **more: Any) -> Matters:
        rows = [self.choice(number, **more) for number in range(1, count + 1)]
        self.do("choose_matters", matters=rows)
        return self

    def choice(self, number: int, **more: Any) -> dict[str, Any]:
        told = {"is_chosen": True, "title": f"惠企实事项目{number:02}", "content": CONTENT, "is_qualitative": True}
        return {**told, "lead": LEADS[number % len(LEADS)], "co_units": "市发改委"} | more

    def countersigned(self) -> Matters:
        for task in self.tasks("countersign_matters"):
            self.send(task, outcome="yes")
        return self

    def approved(self) -> Matters:
        self.do("sign_matters", "signer", outcome="yes")
        self.do("approve_matters", "leader", outcome="yes")
        return self

    def published(self) -> Matters:
        return self.open().proposed(0).chosen().countersigned().approved()

    def one(self, element: str) -> UserTask:
        """The open task of the matter at hand."""
        found = [task for task in self.tasks(element) if task.instance_id == self.item().id]
        assert len(found) == 1, (element, self.open_elements())
        return found[0]

    def item(self) -> Any:
        from app.models.process import ProcessInstance

        key = f"practical_matter_item:{self.matter().year}:{self.number:02}"
        return self.rows(ProcessInstance, business_key=key)[0]

    def main(self) -> Any:
        from app.models.process import ProcessInstance

        return self.rows(ProcessInstance, definition_key="practical_matter")[-1]

    def of(self, number: int) -> Matters:
        self.number = number
        return self

    def planned(self, *milestones: dict[str, Any]) -> Matters:
        rows = [self.milestone(number) for number in range(1, 5)] if not milestones else list(milestones)
        self.send(self.one("set_milestones"), milestones=rows, public_text="可在企业首页了解办理条件并提出申请。")
        self.send(self.one("sign_milestones"), outcome="yes")
        return self

    def milestone(self, number: int, **more: Any) -> dict[str, Any]:
        return {
            "content": f"完成第{number}批次兑付",
            "by": f"{self.at.year}-{number + 5:02}-28",
            "success": "资金到账",
        } | more

    def requested(self, done: int = 4, firms: tuple[int, ...] = (), **values: float) -> Matters:
        """The first milestones done with evidence; values: no_4=4000."""
        task = self.one("request_acceptance")
        rows = [
            {**row, **({"is_done": True, "evidence": ["file"]} if row["no"] <= done else {})}
            | ({"value": values[f"no_{row['no']}"]} if f"no_{row['no']}" in values else {})
            for row in self.form(task)["milestones"]
        ]
        codes = "\n".join(map(code, firms))
        self.send(task, milestones=rows, summary=SUMMARY, **({"firms": codes} if codes else {}))
        self.send(self.one("sign_acceptance"), outcome="yes")
        return self

    def judged(self, outcome: str = "accepted", login: str = "office", refused: int = 0, **more: Any) -> Matters:
        task = self.one("accept_matter")
        rows = [
            {**row, **({"verdict": "refused", "point": "请补充兑付名单"} if row["no"] == refused else {})}
            for row in self.form(task)["milestones"]
        ]
        told = {} if outcome == "returned" else {"quality_level": "good"}
        self.send(task, login, outcome=outcome, milestones=rows, **{**told, **more})
        return self

    def dropped(self, login: str = "office", reason: str = "领导小组第三次会议决定调整") -> Matters:
        with clock.held(self.at):
            who = actor(self.house, login)
            practical_matters.drop_matter(self.house, who, self.item().id, reason, key=self.key())
            outbox.drain(self.house)
        return self

    def rated(self, *grades: str) -> Matters:
        """By the enterprises that were asked, in the order of their rows, each through an account of its own."""
        for place, (grade, row) in enumerate(zip(grades, self.ratings(), strict=False)):
            number = int(row.enterprise_id[10:17])
            login = f"firm.{self.number}.{place}"
            self.account(number, login)
            with clock.held(self.at):
                practical_matters.rate(self.house, actor(self.house, login), row.id, grade, "", key=self.key())
        return self

    def matter(self) -> PracticalMatter:
        year = self.rows(MatterList)[-1].year
        return self.rows(PracticalMatter, year=year, number=self.number)[0]

    def milestones(self) -> list[MatterMilestone]:
        return sorted(self.rows(MatterMilestone, matter_id=self.matter().id), key=lambda row: row.number)

    def ratings(self) -> list[MatterRating]:
        return self.rows(MatterRating, matter_id=self.matter().id)

    def year_row(self) -> MatterList:
        return self.rows(MatterList)[-1]

    def goes_to(self, day: date, hour: int = 9) -> Matters:
        self.at = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)
        self.later(0)
        return self
