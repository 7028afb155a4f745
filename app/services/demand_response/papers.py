"""The paper of 诉求响应: what the firm asked and was answered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.documents import demand_answer
from app.documents.demand_answer import DemandAnswer
from app.duties.demand_response import RATING_WORDS
from app.duties.demand_response_states import RESULTS, STATES
from app.errors import NotFound
from app.models.demand import Demand
from app.models.organization import OFFICE, Unit
from app.queries.demands import steps_of
from app.services.demand_response.rows import unit_name
from app.services.demand_routes import demand_routes


def answer_paper(session: Session, demand: Demand) -> tuple[str, bytes]:
    """Name and bytes of the Word file. Raises NotFound before there is an answer."""
    if demand.answered_on is None:
        raise NotFound("这件诉求还没有答复。")
    rated = RATING_WORDS[demand.rating] if demand.rating else "未评价"
    paper = DemandAnswer(
        agency=session.get_one(Unit, demand.unit_id or OFFICE).name,
        number=demand.number,
        enterprise=demand.enterprise.name,
        category=demand_routes().categories[demand.category].label,
        title=demand.title,
        text=demand.text,
        raised_on=demand.raised_on,
        unit=unit_name(session, demand.unit_id),
        result=RESULTS[demand.result],
        answer=demand.answer_text,
        ground=demand.ground,
        answered_on=demand.answered_on,
        due_on=demand.due_on,
        rating=f"{rated}。{demand.rating_reason}".strip(),
        way=[(clock.local(step.at).date(), STATES[step.state], unit) for step, unit in steps_of(session, demand)],
    )
    return f"诉求办理答复单 {demand.number}.docx", demand_answer.render(paper)
