"""Units that take part: departments, counties, functional zones, the office and the group itself."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

OFFICE = "office"
GROUP = "group"


class Unit(Base):
    """A unit keeps its id when it is renamed; a merged one names its successor, who takes its open tasks.

    kind: body | department | county | functional_zone. weight: share in a breakdown, 0 takes no part.
    """

    __tablename__ = "unit"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    short_name: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    code: Mapped[str | None] = mapped_column(String(6))
    pinyin: Mapped[str] = mapped_column(String(200), default="")
    sits_in_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    ended_on: Mapped[date | None]
    weight: Mapped[int] = mapped_column(default=1)

    @property
    def is_locality(self) -> bool:
        return self.kind in ("county", "functional_zone")

    @property
    def reports(self) -> bool:
        """Whether the unit is one of those that are asked for targets and reports."""
        return self.kind != "body" and self.ended_on is None


class UnitFunction(Base):
    """What a unit does for the others, such as `recognition` or `check.tax` (see the plan's file)."""

    __tablename__ = "unit_function"

    function: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True)
