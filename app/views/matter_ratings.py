"""办实事清单 in the portal: the published list, and what an enterprise that had the benefit says of it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import clock
from app.duties.practical_matter import GRADES
from app.errors import AlreadyDone, InvalidForm, NotPermitted
from app.queries import practical_matters as queries
from app.services import practical_matters
from app.views.context import current_actor, current_house
from app.views.practical_matters import STATES
from app.views.task_view import new_key

bp = Blueprint("matter_ratings", __name__, url_prefix="/portal/practical-matters")


@bp.get("")
def page() -> str:
    enterprise_id = current_actor().enterprise_id
    if enterprise_id is None:
        raise NotPermitted(_("请使用企业账号。"))
    with current_house().database.reading() as session:
        year = request.args.get("year", type=int)
        row, matters, names = queries.published(session, year)
        known = [one for one in queries.lists(session) if one.published_on is not None]
        return render_template(
            "portal/practical_matters.html",
            row=row,
            matters=matters,
            names=names,
            asked=queries.asked_of(session, enterprise_id, clock.today()),
            years=[
                {"href": url_for("matter_ratings.page", year=one.year), "label": _("%(year)s年", year=one.year),
                 "is_current": row is not None and one.year == row.year}
                for one in known
            ],
            states=STATES,
            grades=GRADES,
            key=new_key(),
        )  # fmt: skip


@bp.post("/<int:rating_id>/rating")
def rate(rating_id: int) -> Response:
    """What comes too late or twice is said, and nothing is lost by it."""
    grade, text = request.form.get("grade", ""), request.form.get("text", "")
    key = request.form.get("_key") or new_key()
    try:
        practical_matters.rate(current_house(), current_actor(), rating_id, grade, text, key=key)
    except InvalidForm as refused:
        flash("；".join(told for _field, told in refused.errors), "error")
    except AlreadyDone as late:
        flash(late.text, "error")
    else:
        flash(_("感谢评价"))
    return redirect(url_for("matter_ratings.page"))
