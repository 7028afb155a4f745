"""延期批复 of a request that was decided."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.documents import extension_answer
from app.errors import NotFound
from app.models.organization import Unit
from app.models.supervision_order import ExtensionRequest
from app.models.user_task import UserTask
from app.services import letterheads


def draw(session: Session, request: ExtensionRequest) -> tuple[str, bytes]:
    """The name and the bytes of the Word file. Raises NotFound before there is an answer."""
    if not request.document_no or request.decided_on is None or request.new_due_on is None:
        raise NotFound("这份延期申请尚未答复。")
    task = session.get_one(UserTask, request.task_id)
    unit = session.get_one(Unit, request.unit_id)
    answer = extension_answer.ExtensionAnswer(
        letterhead=letterheads.of_office(session, request.document_no, unit.name, request.decided_on),
        matter=f"{task.title}（{task.name}）",
        asked_on=request.asked_on,
        old_due_on=request.old_due_on,
        wanted_on=request.new_due_on,
        granted_on=request.granted_on if request.state == "granted" else None,
        reason=request.decision,
        asked_late=request.is_in_time is False,
    )
    return f"延期批复 {request.document_no} {unit.short_name}.docx", extension_answer.render(answer)
