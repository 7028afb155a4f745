"""How 异议核查 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from app.duties.objection import DUTY
from app.engine import OpenTask
from app.services.assignment import contact_of, head_of
from app.services.cases import Case, Casework, Responsible
from app.services.objection.actions import ACTIONS, ended
from app.services.objection.forms import facts, prefill, receive
from app.services.objection.rows import PRIVATE, objection_of


def stage(case: Case, open_elements: frozenset[str]) -> str:
    return objection_of(case).status


def responsible(case: Case, task: OpenTask) -> Responsible | None:
    """The bureau that has the notice, which is not the same for every title."""
    unit_id = case.instance.unit_id or ""
    return head_of(case.connection, unit_id) if task.group == "bureau_head" else contact_of(case.connection, unit_id)


CASEWORK = Casework(
    duty=DUTY,
    facts=facts,
    prefill=prefill,
    receive=receive,
    responsible=responsible,
    actions=ACTIONS,
    stage=stage,
    ended=ended,
    unheard=frozenset({"objections_settled", "notice_dropped", "fraud_established", "title_doubted"}),
    withheld=dict.fromkeys(DUTY.forms, PRIVATE),
)
