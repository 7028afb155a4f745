"""One package of policies: why each fits, what the specialist said, what the enterprise answered; and its paper."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, render_template, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.duties.policy_package import USES
from app.queries import packages
from app.queries.task_page import open_task_of
from app.services.policy_push import papers
from app.terms import PackageState
from app.views.context import current_actor, current_house
from app.views.urging import WORD

bp = Blueprint("packages", __name__, url_prefix="/portal/packages")


@bp.get("/<int:package_id>")
def one(package_id: int) -> str:
    actor = current_actor()
    with current_house().database.reading() as session:
        package = packages.seen_package(session, actor, package_id)
        instance_id = packages.instance_of(session, package)
        lines = packages.lines_of(session, package)
        return render_template(
            "packages/one.html",
            package=package,
            lines=[line for line in lines if not line.drop_reason or actor.enterprise_id is None],
            tools=packages.tools_of(session, package),
            task_id=open_task_of(session, actor, instance_id) if instance_id else None,
            is_own=actor.enterprise_id is not None,
            state=PackageState(package.state).label,
            uses={**USES, "repealed": _("政策已废止")},
        )


@bp.get("/<int:package_id>/paper.docx")
def paper(package_id: int) -> Response:
    with current_house().database.reading() as session:
        package = packages.seen_package(session, current_actor(), package_id)
        content = papers.package_paper(session, package)
        name = _("政策包：%(name)s", name=package.enterprise.name)
    return send_file(BytesIO(content), WORD, as_attachment=True, download_name=f"{name}.docx")
