"""Leads the assessment of 2022 through the command path: what the office, units, signer and leader see and send."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.models.assessment import Assessment, AssessmentScore
from app.models.process import ProcessInstance
from app.models.user_task import UserTask
from app.services import assessments, campaigns, outbox, processes
from app.services.house import House
from tests.factories import actor
from tests.services.consultations import Office
from tests.services.monitorings import Monitoring

JANUARY = datetime(2023, 1, 11, 9, tzinfo=ZONE)
KEPT = ("sci", "fin", "hanjiang")
KEY = "assessment:2022"
GROUND = "核查办理记录和延期批复，申诉属实，应当更正。"
APPEAL = {"what": "extended", "text": "该事项已于规定时限前申请延期并获批准，请按新的时限计分。"}


class Campaign(Office):
    """The year 2022, of three units unless it is told others."""

    def __init__(self, house: House, at: datetime = JANUARY, kept: tuple[str, ...] = KEPT) -> None:
        super().__init__(house, at)
        self.kept = kept

    def reported_late(self, unit: str = "sci", days: int = 10) -> Campaign:
        """A monitoring report of the year that the unit sent after its day."""
        monitoring = Monitoring(self.house, unit, "2022-Q3", datetime(2022, 10, 8, 9, tzinfo=ZONE))
        monitoring.start()
        monitoring.at = datetime(2022, 10, 8 + days, 9, tzinfo=ZONE)
        monitoring.fill().signed()
        if "verify_progress" in monitoring.open_elements():
            monitoring.verified()
        for task in monitoring.tasks("handle_lag"):
            rows = [{**row, "outcome": "watch"} for row in monitoring.form(task)["rows"]]
            monitoring.send(task, "office.drc", rows=rows)
        return self

    def key(self) -> str:
        return f"assessment:{next(self.keys)}"

    def start(self) -> Campaign:
        with clock.held(self.at):
            processes.start(self.house, actor(self.house, "office"), "assessment", {"year": 2022}, key=self.key())
        return self

    def rules(self, **answers: Any) -> Campaign:
        shown = self.form(self.tasks("confirm_rules")[0])["units"]
        units = [
            {"unit": row["unit"]}
            if row["unit"] in self.kept
            else {"unit": row["unit"], "exempt": True, "exempt_reason": "不在试点范围"}
            for row in shown
        ]
        self.do("confirm_rules", "office", units=units, **answers)
        return self

    def begin(self) -> Campaign:
        """开始计分, by the office."""
        with clock.held(self.at):
            who, key = actor(self.house, "office"), self.key()
            campaigns.close_collection(self.house, who, self.instance(KEY).id, "数据已经定稿", key=key)
            outbox.drain(self.house)
        return self

    def ready(self) -> int:
        with clock.held(self.at):
            told = assessments.begin_where_ready(self.house)
            outbox.drain(self.house)
        return told

    def computed(self) -> Campaign:
        return self.reported_late().start().rules().begin()

    def task_of(self, unit: str, element: str = "confirm_score") -> UserTask:
        """The open task of a unit's score, whoever has it."""
        with self.house.database.reading() as session:
            wanted = select(UserTask).join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
            where = (ProcessInstance.business_key == f"assessment_unit:2022:{unit}", UserTask.element_id == element)
            return session.scalars(wanted.where(*where, UserTask.status.in_(("open", "claimed")))).one()

    def confirmed(self, *units: str) -> Campaign:
        for unit in units or self.kept:
            self.send(self.task_of(unit), outcome="confirmed")
        return self

    def late_item(self, unit: str = "sci") -> dict[str, Any]:
        return next(row for row in self.score(unit).inputs["tasks"] if row["late_days"])

    def appealed(self, unit: str = "sci", *, insists: bool = False, outcome: str = "yes", **row: Any) -> Campaign:
        appeal = {"no": self.late_item(unit)["no"], **APPEAL, **row}
        self.send(self.task_of(unit), outcome="appealed", appeals=[appeal], unit_insists=insists)
        opinion = {} if outcome == "yes" else {"opinion_text": "情况属实，不提出申诉"}
        self.send(self.task_of(unit, "sign_appeal"), outcome=outcome, **opinion)
        return self

    def examined(self, verdict: str, unit: str = "sci", **more: Any) -> Campaign:
        task = self.task_of(unit, "examine_appeal")
        told = {} if verdict == "refused" else {"corrected": "时限已延至10月31日"}
        rows = [{**row, "verdict": verdict, "ground": GROUND, **told, **more} for row in self.form(task)["findings"]]
        self.send(task, "office.drc", findings=rows)
        self.send(self.task_of(unit, "sign_appeal_answer"), outcome="yes")
        return self

    def reviewed(self, *adjustments: dict[str, Any]) -> Campaign:
        self.do("review_ranking", "office", **({"adjustments": list(adjustments)} if adjustments else {}))
        return self

    def approved(self) -> Campaign:
        self.do("sign_ranking", "signer", outcome="yes")
        self.do("approve_ranking", "leader", outcome="yes", mode="online")
        return self

    def issued(self) -> Campaign:
        self.do("issue_bulletin", "signer", outcome="yes")
        return self

    def score(self, unit: str = "sci") -> AssessmentScore:
        return next(iter(self.rows(AssessmentScore, unit_id=unit, is_current=True)))

    def year(self) -> Assessment:
        return next(iter(self.rows(Assessment, year=2022)))

    def end_of(self, unit: str) -> tuple[str, str]:
        found = self.instance(f"assessment_unit:2022:{unit}")
        return found.end_element, found.stage
