"""Receipts for programs: the proof that one event is sealed, for who may see its user task."""

from __future__ import annotations

from pydantic import Field

from app.api.audit import SealedFields
from app.api.resources import Reply, reads, resource
from app.api.shapes import LARGEST_INT, Path, Shape
from app.queries.receipts import receipted
from app.services.receipts import sealing_of
from app.views.context import current_actor, current_house

bp = resource("receipts", "Audit")


class ByEvent(Path):
    instance_id: str = Field(max_length=36)
    seq: int = Field(ge=1, le=LARGEST_INT)


class ReceiptDocument(Shape):
    """`duban-receipt/1`, to be kept as it is. proof: base64, leaf to root. checkpoint: a signed note."""

    format: str
    event: SealedFields
    hash: str
    index: int
    proof: list[str]
    checkpoint: str


class Receipt(Shape):
    """index: in the log, null before it has its place. receipt: null until a checkpoint covers it, within a minute."""

    stream: str
    seq: int
    hash: str
    index: int | None
    witnesses: list[str]
    receipt: ReceiptDocument | None


@bp.get("/receipts/<instance_id>/<seq>", responses=reads(Receipt))
def get_receipt(path: ByEvent) -> Reply:
    """Of one event, such as the completion of a user task."""
    with current_house().database.reading() as session:
        told = receipted(session, current_actor(), path.instance_id, path.seq)
        sealing = sealing_of(session, told)
    return Receipt(
        stream=told.event.stream,
        seq=told.event.seq,
        hash=told.hash,
        index=sealing.index,
        witnesses=list(sealing.witnesses),
        receipt=ReceiptDocument.model_validate(sealing.receipt.as_json()) if sealing.receipt else None,
    ).as_json()
