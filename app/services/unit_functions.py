"""What units do for the others: which bureau recognises, who checks, who sends specialists of a kind."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import NotFound, RuleViolation
from app.models.organization import Unit, UnitFunction
from app.queries.actor import Actor
from app.services.administration import record, require
from app.terms import Act, Function, Role

MAY_SET = (Role.OFFICE, Role.SYSTEM_ADMIN)
OF_ONE = frozenset({Function.RECOGNITION, Function.RECOGNITION_TECH, Function.GROWTH_LEAD})  # processes ask one unit


def set_functions(session: Session, actor: Actor, unit_id: str, functions: Collection[Function]) -> Unit:
    """The unit does these from now on, and nothing else; tasks that are open stay where they lie.

    What one unit alone may do is taken from the one that did it. Raises RuleViolation("functions") where nobody would
    be left to do it, or where the unit is no department.
    """
    require(actor, *MAY_SET)
    unit = session.get(Unit, unit_id)
    if unit is None or unit.ended_on is not None:
        raise NotFound("没有找到这个单位，可能已撤并。")
    if functions and unit.kind != "department":
        raise RuleViolation("functions", "这些职能由市级部门承担。")
    before = set(session.scalars(select(UnitFunction.function).where(UnitFunction.unit_id == unit_id)))
    after = {function.value for function in functions}
    if left := [word for word in Function if word in OF_ONE and word in before - after]:
        raise RuleViolation("functions", f"“{left[0].label}”须有一个单位承担，请在承接的单位勾选。")
    if before == after:
        return unit
    taken = [function.value for function in functions if function in OF_ONE and function not in before]
    session.execute(delete(UnitFunction).where(UnitFunction.function.in_(taken)))
    session.execute(delete(UnitFunction).where(UnitFunction.unit_id == unit_id))
    session.add_all(UnitFunction(function=function, unit_id=unit_id) for function in sorted(after))
    told = {"before": sorted(before), "after": sorted(after)}
    record(session, actor.login, Act.UNIT_FUNCTIONS_SET, unit=unit_id, **told)
    return unit
