"""The bundle that proves itself (docs/ledger.md section 5): of one history, and of everything."""

from __future__ import annotations

from io import BytesIO

from flask import Response

from app.api.resources import files, resource
from app.api.shapes import ById
from app.queries.sight import seen_instance
from app.services import evidence
from app.views.context import current_actor, current_house
from app.views.downloads import ZIP, sent

bp = resource("bundles", "Audit")


@bp.get("/process-instances/<id>/bundle.zip", responses=files(ZIP))
def export_bundle_of_history(path: ById) -> Response:
    """One history with its proofs, to be verified by tools/verify.py."""
    house, file = current_house(), BytesIO()
    with house.database.reading() as session:
        row = seen_instance(session, current_actor(), path.id)
    evidence.export_bundle(house, file, row.id)
    return sent(iter([file.getvalue()]), ZIP, f"{row.business_key}.zip")


@bp.get("/audit/bundle.zip", responses=files(ZIP))
def export_bundle_of_everything() -> Response:
    """All streams, those of the administration and of accesses too. Large: it is written while it is sent."""
    return sent(evidence.bundle_parts(current_house()), ZIP, "duban.zip")
