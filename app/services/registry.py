"""Which casework serves which process."""

from __future__ import annotations

from collections.abc import Mapping

from app.services.annual_target.casework import CASEWORK as ANNUAL_TARGET
from app.services.assessment.casework import CASEWORK as ASSESSMENT
from app.services.cases import PLAIN, Casework, Opened
from app.services.consultation.casework import CASEWORK as CONSULTATION
from app.services.december_report.casework import CASEWORK as DECEMBER_REPORT
from app.services.demand_response.casework import CASEWORK as DEMAND_RESPONSE
from app.services.enterprise_recognition.casework import CASEWORK as ENTERPRISE_RECOGNITION
from app.services.extension_request.casework import CASEWORK as EXTENSION_REQUEST
from app.services.growth_selection.casework import CASEWORK as GROWTH_SELECTION
from app.services.joint_signing.casework import CASEWORK as JOINT_SIGNING
from app.services.library_entry.casework import CASEWORK as LIBRARY_ENTRY
from app.services.locality_plan.casework import CASEWORK as LOCALITY_PLAN
from app.services.objection.casework import CASEWORK as OBJECTION
from app.services.policy_push.casework import CASEWORK as POLICY_PUSH
from app.services.practical_matter.casework import CASEWORK as PRACTICAL_MATTER
from app.services.progress_monitoring.casework import CASEWORK as PROGRESS_MONITORING
from app.services.public_notice.part import CASEWORK as PUBLIC_NOTICE
from app.services.service_month.casework import CASEWORK as SERVICE_MONTH
from app.services.specialist_pairing.casework import CASEWORK as SPECIALIST_PAIRING
from app.services.supervision_order.casework import CASEWORK as SUPERVISION_ORDER
from app.services.title_maintenance.casework import CASEWORK as TITLE_MAINTENANCE
from app.services.typical_case.casework import CASEWORK as TYPICAL_CASE

KEPT = (
    ANNUAL_TARGET,
    DECEMBER_REPORT,
    CONSULTATION,
    ENTERPRISE_RECOGNITION,
    PUBLIC_NOTICE,
    OBJECTION,
    TITLE_MAINTENANCE,
    LIBRARY_ENTRY,
    GROWTH_SELECTION,
    POLICY_PUSH,
    SPECIALIST_PAIRING,
    DEMAND_RESPONSE,
    SUPERVISION_ORDER,
    EXTENSION_REQUEST,
    PROGRESS_MONITORING,
    LOCALITY_PLAN,
    JOINT_SIGNING,
    ASSESSMENT,
    PRACTICAL_MATTER,
    SERVICE_MONTH,
    TYPICAL_CASE,
)

CASEWORK: Mapping[str, Casework] = {
    process: casework for casework in KEPT if casework.duty is not None for process in casework.duty.processes
}

STARTED_BY: Mapping[str, Opened] = {
    message: opened for casework in CASEWORK.values() for message, opened in casework.started_by.items()
}
UNHEARD = frozenset(message for casework in CASEWORK.values() for message in casework.unheard)


def casework_of(process_key: str) -> Casework:
    """The casework of a duty's process; an uploaded process without one runs by its drawing alone."""
    return CASEWORK.get(process_key, PLAIN)
