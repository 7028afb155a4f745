"""How 延期申请 works on its tables; each part stands in a file of its own beside this one."""

from __future__ import annotations

from app.duties.extension_request import DUTY
from app.services.cases import Case, Casework, NewDay
from app.services.extension_request.actions import ACTIONS, is_still_held, watch
from app.services.extension_request.facts import facts, request_of
from app.services.extension_request.forms import prefill
from app.services.extension_request.opening import may_open, opening
from app.services.extension_request.receive import receive
from app.services.projections import SUBJECT_COMPLETED, SUBJECT_DROPPED, subject_key
from app.terms import InstanceStatus


def stage(case: Case, open_elements: frozenset[str]) -> str:
    """The first step of the instance, which has no service, makes the task tell its end."""
    request = request_of(case)
    if request.instance_id is None:
        request.instance_id = case.instance.id
        case.session.flush()
        watch(case)
    return request.state


def message_key(case: Case, message: str) -> str:
    if message in (SUBJECT_COMPLETED, SUBJECT_DROPPED):
        return subject_key(request_of(case).task_id)
    return case.instance.business_key


def ended(case: Case) -> None:
    """A request that was annulled holds nothing."""
    if case.instance.status != InstanceStatus.CANCELLED:
        return
    request = request_of(case)
    request.state = "needless"
    case.session.flush()
    if is_still_held(case):
        reason = "延期申请已作废，恢复原时限。"
        case.move_due_date(NewDay("lifted", reason, request.old_due_on, request.task_id, request_key=request.key))


CASEWORK = Casework(
    duty=DUTY,
    opening=opening,
    may_open=may_open,
    started_by={"extension_asked": opening},
    unheard=frozenset({SUBJECT_COMPLETED, SUBJECT_DROPPED}),
    facts=facts,
    prefill=prefill,
    receive=receive,
    actions=ACTIONS,
    stage=stage,
    message_key=message_key,
    ended=ended,
)
