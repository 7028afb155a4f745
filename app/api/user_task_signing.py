"""What others say about a user task: signers before and after it, comments, and the steps it may be sent back to."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from app.api.resources import Reply, commands, reads, resource
from app.api.shapes import Body, ById, Changed, Instant, Name, Shape, Text, Written
from app.engine import Outcome
from app.errors import InvalidForm
from app.queries.sight import seen_task
from app.queries.signers import possible_signers, signings_of_task
from app.services import comments, returning, signers
from app.views.context import current_actor, current_house

bp = resource("user_task_signing", "Signers and comments")


class Asking(Body):
    """to: logins of officials; units: whose contacts sign. share: percent, for the mode of that name.

    side `before`: the form waits until they have signed. `after`: the form is kept as it is sent, and sent on when
    enough have agreed. Who joins a signing under way takes its mode.
    """

    to: list[Name] = Field(default_factory=list, max_length=30)
    units: list[Name] = Field(default_factory=list, max_length=30)
    side: Literal["before", "after"] = "before"
    mode: Literal["all", "any", "share"] = "all"
    share: int = Field(100, ge=1, le=100)
    text: str = Field(default="", max_length=300)


class Dismissing(Body):
    """signer: as `list_signers` names it."""

    signer: Name
    reason: str = Field(default="", max_length=300)


class Pressing(Body):
    text: str = Field(default="", max_length=300)


class Saying(Body):
    """text: `@name` or `@login` tells somebody who may see the user task."""

    text: Text = Field(min_length=1)


class Asked(Shape):
    id: str
    instance_id: str
    signing_id: int
    added: int


class Dismissed(Shape):
    id: str
    instance_id: str
    signing_id: int
    removed: int


class Pressed(Shape):
    urged: int


class Said(Shape):
    """mentioned: how many were told."""

    id: str
    instance_id: str
    mentioned: int


class SignerShape(Shape):
    """signer: `person:<number>` or `contact:<unit>`. state: waiting, agreed, objected, removed or closed."""

    signer: str
    label: str
    state: str
    opinion: str
    at: Instant | None


class SigningShape(Shape):
    """state: planned, open, passed, failed or dropped."""

    id: int
    side: str
    mode: str
    share: int
    text: str
    state: str
    asked_at: Instant
    signers: list[SignerShape]


class SigningList(Shape):
    items: list[SigningShape]


class WayBack(Shape):
    """outcome: what the return does, or why there is none (docs/returns.md)."""

    element_id: str
    name: str
    is_allowed: bool
    outcome: Outcome
    text: str


class WayBackList(Shape):
    items: list[WayBack]


@bp.get("/user-tasks/<id>/signers", responses=reads(SigningList))
def list_signers(path: ById) -> Reply:
    """Who was asked to sign, and what they said; the latest signing first."""
    with current_house().database.reading() as session:
        found = signings_of_task(session, seen_task(session, current_actor(), path.id).id)
    items = [
        SigningShape(
            id=one.id, side=one.side, mode=one.mode, share=one.share, text=one.text, state=one.state,
            asked_at=one.asked_at,
            signers=[
                SignerShape(signer=line.principal, label=line.label, state=line.state, opinion=line.opinion, at=line.at)
                for line in one.signers
            ],
        )
        for one in found
    ]  # fmt: skip
    return SigningList(items=items).as_json()


@bp.post("/user-tasks/<id>/signers", responses=commands(Asked))
def add_signers(path: ById, header: Changed, body: Asking) -> Reply:
    """Ask others to sign before or after."""
    house, actor = current_house(), current_actor()
    told = body.model_dump(exclude={"to", "units"})
    to = _inboxes(path.id, body)
    return signers.add_signers(house, actor, path.id, to, **told, key=header.key, revision=header.revision)


@bp.post("/user-tasks/<id>/signers/removal", responses=commands(Dismissed))
def remove_signer(path: ById, header: Written, body: Dismissing) -> Reply:
    """Who has not signed yet need not."""
    return signers.remove_signer(
        current_house(), current_actor(), path.id, body.signer, body.reason, key=header.key
    )  # fmt: skip


@bp.post("/user-tasks/<id>/signers/urging", responses=commands(Pressed))
def urge_signers(path: ById, header: Written, body: Pressing) -> Reply:
    """Urge those who have not signed, once a day each."""
    answer = signers.urge_signers(current_house(), current_actor(), path.id, body.text, key=header.key)
    return {"urged": answer["urged"]}


@bp.get("/user-tasks/<id>/returns", responses=reads(WayBackList))
def list_returns(path: ById) -> Reply:
    """The steps that were done before this one, the latest first: which a return may name, and why not the others."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        found = returning.ways_back(house, session, actor, seen_task(session, actor, path.id))
    items = [
        WayBack(
            element_id=way.element_id, name=way.name, is_allowed=way.outcome.is_allowed, outcome=way.outcome,
            text=way.outcome.label,
        )
        for way in found
    ]  # fmt: skip
    return WayBackList(items=items).as_json()


@bp.post("/user-tasks/<id>/comments", responses=commands(Said))
def comment_on_user_task(path: ById, header: Written, body: Saying) -> Reply:
    """Say something about the matter, and tell those whom the text names."""
    return comments.comment(current_house(), current_actor(), path.id, body.text, key=header.key)


def _inboxes(task_id: str, body: Asking) -> list[str]:
    """What the logins and units mean. Raises InvalidForm, NotFound."""
    with current_house().database.reading() as session:
        people = possible_signers(session, current_actor(), seen_task(session, current_actor(), task_id))
    known: dict[str, Any] = {one.login or one.principal: one.principal for one in people}
    wanted = [*body.to, *(f"contact:{unit}" for unit in body.units)]
    if strangers := [name for name in wanted if name not in known]:
        raise InvalidForm([("to", f"不能会签此事项：{'、'.join(strangers)}。")])
    return [known[name] for name in wanted]
