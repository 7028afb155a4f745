"""The bundle that proves itself (docs/ledger.md section 5), of one history.

That of everything is taken at the command line: with it go the words of accesses, which no role of the office sees.
"""

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
