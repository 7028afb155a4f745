"""年度反馈: how the duty works on its tables."""

from app.duties.december_report import DUTY
from app.services.cases import Casework

CASEWORK = Casework(duty=DUTY)
