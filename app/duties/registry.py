"""Which duties this house keeps, and which of them a process belongs to."""

from collections.abc import Mapping
from types import MappingProxyType

from app.duties import (
    annual_target,
    assessment,
    consultation,
    december_report,
    demand_response,
    enterprise_recognition,
    extension_request,
    growth_selection,
    joint_signing,
    library_entry,
    locality_plan,
    objection,
    policy_push,
    practical_matter,
    progress_monitoring,
    public_notice,
    service_month,
    specialist_pairing,
    supervision_order,
    title_maintenance,
    typical_case,
)
from app.duties.duty import Duty
from app.errors import NotFound

KEPT = (
    annual_target.DUTY,
    december_report.DUTY,
    consultation.DUTY,
    title_maintenance.DUTY,
    library_entry.DUTY,
    growth_selection.DUTY,
    enterprise_recognition.DUTY,
    public_notice.DUTY,
    objection.DUTY,
    policy_push.DUTY,
    specialist_pairing.DUTY,
    demand_response.DUTY,
    supervision_order.DUTY,
    extension_request.DUTY,
    progress_monitoring.DUTY,
    locality_plan.DUTY,
    joint_signing.DUTY,
    assessment.DUTY,
    practical_matter.DUTY,
    service_month.DUTY,
    typical_case.DUTY,
)
DUTIES: Mapping[str, Duty] = MappingProxyType({duty.key: duty for duty in KEPT})

_BY_PROCESS = {process: duty for duty in DUTIES.values() for process in duty.processes}


def duty_of(process_key: str) -> Duty:
    """The duty whose main process or child this is; raises NotFound for a process of none."""
    if process_key not in _BY_PROCESS:
        raise NotFound(f"没有找到流程 {process_key} 所属的职责事项。")
    return _BY_PROCESS[process_key]
