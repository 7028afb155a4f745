"""What the service and rule tasks of the measured models do, for as long as a bench runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import func, select

from app.db import table_of
from app.models.organization import Unit
from app.models.process import ProcessInstance
from app.services import registry
from app.services.cases import Action, Case, Casework, Data, Start
from bench.models import COLLECTION, PART, RECOGNITION

UNIT, INSTANCE = table_of(Unit), table_of(ProcessInstance)
CROWD = "crowd_"  # how the ids of synthetic units begin
PARTS_DONE = "bench_parts_done"


def _nothing(case: Case, data: Data) -> None:
    return None


def _opinion(case: Case, data: Data) -> Mapping[str, Any]:
    return {"rank": 1, "is_met": True}


def _start_parts(case: Case, data: Data) -> None:
    """One child a synthetic unit."""
    wanted = (
        select(UNIT.c.id, UNIT.c.short_name).where(UNIT.c.id.startswith(CROWD, autoescape=True)).order_by(UNIT.c.id)
    )
    for unit_id, name in case.connection.execute(wanted):
        key = f"{case.instance.business_key}:{unit_id}"
        case.start(Start(PART.key, key, f"单位报送：{name}", 2024, unit_id, {"outcome": ""}))


def _consolidate(case: Case, data: Data) -> Mapping[str, Any]:
    """The campaign's result is a query, whatever the number of its parts."""
    done = (INSTANCE.c.parent_id == case.instance.id, INSTANCE.c.status == "completed")
    return {"reported": case.connection.execute(select(func.count()).where(*done)).scalar_one()}


ACTIONS: Mapping[str, Action] = {
    "bench.open_case": _nothing,
    "bench.check_form": _opinion,
    "bench.rank": _opinion,
    "bench.publish": _nothing,
    "bench.issue": _nothing,
    "bench.start_parts": _start_parts,
    "bench.consolidate": _consolidate,
}
CASEWORK = Casework(duty=None, actions=ACTIONS, done_message={PART.key: PARTS_DONE})


@contextmanager
def registered() -> Iterator[None]:
    """The registry knows the casework of our models within the block."""
    known = cast(dict[str, Casework], registry.CASEWORK)
    ours = {model.key: CASEWORK for model in (RECOGNITION, COLLECTION, PART)}
    known.update(ours)
    try:
        yield
    finally:
        for key in ours:
            del known[key]
