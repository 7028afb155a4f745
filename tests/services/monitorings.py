"""Leads 运行监测 through the command path: what a unit and the office see and send, day by day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app import clock
from app.clock import ZONE
from app.models.actual import IndicatorActual
from app.models.annual_target import AnnualTarget
from app.models.plan import Indicator, Plan
from app.models.process import ProcessInstance
from app.services import processes, tasks
from app.services.house import House
from tests.factories import actor
from tests.services.consultations import Office

JULY = datetime(2023, 7, 3, 9, tzinfo=ZONE)
TEXT = "上半年逐家走访摸排，完成申报辅导，资料审核正在进行之中"
STATED = ("measures", "matters", "plan_lines", "actions")


class Monitoring(Office):
    """The second quarter of 2023 of one department, unless it is told another."""

    def __init__(self, house: House, unit: str = "sci", period: str = "2023-Q2", at: datetime = JULY) -> None:
        super().__init__(house, at)
        self.unit, self.period = unit, period

    @property
    def business_key(self) -> str:
        return f"progress_monitoring:{self.period}:{self.unit}"

    def key(self) -> str:
        return f"{self.unit}:{self.period}:{next(self.keys)}"

    def start(self, login: str = "office", **variables: Any) -> str:
        with clock.held(self.at):
            told = {"period": self.period, "unit": self.unit, **variables}
            who = actor(self.house, login)
            return str(processes.start(self.house, who, "progress_monitoring", told, key=self.key())["id"])

    def target(self, number: int, value: int, *quarters: int) -> Monitoring:
        """In force for 2023, as a package would have left it."""
        with clock.held(self.at), self.house.database.transaction() as session:
            row = session.scalars(select(Indicator).where(Indicator.number == number)).one()
            session.add(
                AnnualTarget(
                    indicator_id=row.id,
                    year=2023,
                    revision=1,
                    value=Decimal(value),
                    comparator=row.comparator,
                    quarters=list(map(str, quarters)),
                    approved_at=clock.now(),
                    approved_by="leader",
                    instance_id=session.scalars(select(ProcessInstance.id)).first() or "",
                )
            )
        return self

    def numbers(self) -> list[int]:
        """The indicators that the unit tells of."""
        with self.house.database.reading() as session:
            found = select(Indicator.number).where(Indicator.lead_id == self.unit).order_by(Indicator.number)
            return list(session.scalars(found.join(Plan, Plan.id == Indicator.plan_id)))

    def filled(self, values: dict[int, float] | None = None, **more: Any) -> dict[str, Any]:
        """The form as a contact fills it in: what is known stands, the rest is 1; more: of every figure."""
        form = self.form(self.tasks("fill_progress")[0])
        figures = []
        for row in form.get("figures", ()):
            value = (values or {}).get(row["no"], row.get("value", row.get("last_value", 1)))
            told = {"value": value, "next_value": value, "lag_reason": TEXT, "lag_step": TEXT, "evidence": []}
            figures.append({**row, **told, **more})
        stated = {
            name: [{**row, "state": "on_schedule", "note": TEXT} for row in form[name]]
            for name in STATED
            if name in form
        }
        return {"figures": figures, **stated}

    def fill(self, values: dict[int, float] | None = None, answers: dict[str, Any] | None = None) -> Monitoring:
        told = self.filled(values) if answers is None else answers
        self.do("fill_progress", f"contact.{self.unit}", **told)
        return self

    def signed(self, outcome: str = "yes", **more: Any) -> Monitoring:
        self.do("sign_progress", f"head.{self.unit}", outcome=outcome, **more)
        return self

    def verified(self, **answers: Any) -> Monitoring:
        self.do("verify_progress", "office.drc", **{"outcome": "accepted", "quality_level": "good", **answers})
        return self

    def withdraw(self) -> Monitoring:
        with clock.held(self.at):
            who, key = actor(self.house, f"head.{self.unit}"), self.key()
            tasks.withdraw(self.house, who, self.instance(self.business_key).id, key=key)
        return self.later(0)

    def figures_of(self, number: int) -> list[tuple[int, str, date]]:
        with self.house.database.reading() as session:
            rows = session.scalars(
                select(IndicatorActual)
                .join(Indicator, Indicator.id == IndicatorActual.indicator_id)
                .where(Indicator.number == number)
                .order_by(IndicatorActual.id)
            )
            return [(int(row.value), row.source, row.as_of) for row in rows]
