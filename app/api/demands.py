"""Demands of enterprises and the coverage of little giants by specialists, for programs."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from app import clock
from app.api.resources import Reply, commands, reads, resource
from app.api.shapes import Body, Instant, Listing, Number, Path, Shape, Written, listed
from app.errors import InvalidForm, NotFound
from app.models.demand import Demand as Row
from app.queries import demands as found_demands
from app.queries import pairings
from app.queries.demands import Filters
from app.queries.enterprise_sight import seen_enterprise
from app.services import demands as verbs
from app.views.context import current_actor, current_house

bp = resource("demands", "Demands of enterprises and their specialists")


class Demand(Shape):
    """unit_id: who answers, null while it is not routed. due_on: of the answer. joined_to: answered with that one."""

    number: str
    enterprise_id: str
    category: str
    title: str
    kind: str
    state: str
    unit_id: str | None
    raised_on: date
    due_on: date | None
    answered_on: date | None
    rating: str | None
    round: int
    joined_to: str | None
    instance_id: str | None


class DemandList(Shape):
    items: list[Demand]
    next_cursor: str | None


class DemandStep(Shape):
    state: str
    unit: str
    at: Instant


class WholeDemand(Demand):
    """steps: state and unit at every step, in order."""

    text: str
    result: str
    answer_text: str
    ground: list[str]
    steps: list[DemandStep]


class Raised(Shape):
    """id: of the process instance."""

    id: str


class WithdrawnDemand(Shape):
    number: str


class Raising(Body):
    """The form 提出诉求. enterprise_id: for whom, where it is not one's own enterprise."""

    category: str = Field(max_length=20)
    title: str = Field(max_length=40)
    text: str = Field(max_length=1000)
    wanted_by: str | None = Field(None, max_length=10)
    materials: str | None = Field(None, max_length=300)
    is_urgent: bool = False
    urgent_reason: str | None = Field(None, max_length=300)
    contact_name: str = Field(max_length=80)
    contact_phone: str = Field(max_length=40)
    is_private: bool = False
    agreement: bool
    enterprise_id: str | None = Field(None, max_length=18)


class ByDemand(Path):
    number: str = Field(pattern=r"^[0-9]{4}-[0-9]{6}$")


class Uncovered(Shape):
    code: str
    name: str
    locality: str
    granted_on: date
    is_preparing: bool
    is_order_due: bool


class Coverage(Shape):
    """share: percent, null without a little giant. exceptions: those without a specialist."""

    total: int
    paired: int
    share: Number | None
    exceptions: list[Uncovered]


@bp.get("/demands", responses=reads(DemandList))
def list_demands(query: Listing) -> Reply:
    """The last raised first: one's own, those of one's unit, those of the enterprises one serves."""
    house, actor = current_house(), current_actor()
    with house.database.reading() as session:
        found = found_demands.listed(
            session, actor, Filters(), clock.today(), house.calendar, query.cursor, query.limit
        )
        return listed([Demand.model_validate(row) for row in found.items], found.next_cursor)


@bp.post("/demands", responses=commands(Raised, 201))
def raise_demand(body: Raising, header: Written) -> Reply:
    """For one's own enterprise, or for one that one may see."""
    house, actor = current_house(), current_actor()
    code = actor.enterprise_id or (body.enterprise_id or "").upper()
    if actor.enterprise_id and body.enterprise_id not in (None, actor.enterprise_id):
        raise InvalidForm([("enterprise_id", "只能为本企业提出诉求")])
    if actor.enterprise_id is None:
        with house.database.reading() as session:
            seen_enterprise(session, actor, code)
    told = {name: value for name, value in body.model_dump(exclude={"enterprise_id"}).items() if value is not None}
    answer = verbs.raise_demand(house, actor, code, told, key=header.key, channel=verbs.channel_of(actor))
    return Raised(id=answer["id"]).as_json(), 201


@bp.get("/demands/<string:number>", responses=reads(WholeDemand))
def get_demand(path: ByDemand) -> Reply:
    """With its way; the answer only once it was sent."""
    with current_house().database.reading() as session:
        demand = found_demands.seen_demand(session, current_actor(), path.number)
        steps = [_step(step.state, unit, step.at) for step, unit in found_demands.steps_of(session, demand)]
        return _whole(demand, steps).as_json()


@bp.post("/demands/<string:number>/withdrawal", responses=commands(WithdrawnDemand))
def withdraw_demand(path: ByDemand, header: Written) -> Reply:
    """By the enterprise, before it is answered."""
    verbs.withdraw(current_house(), current_actor(), path.number, key=header.key)
    return WithdrawnDemand(number=path.number).as_json()


@bp.get("/specialist-coverage", responses=reads(Coverage))
def get_specialist_coverage() -> Reply:
    """每家小巨人均有服务专员: of the city for its readers, of a locality for its people."""
    house, actor = current_house(), current_actor()
    own = () if actor.reads_all else sorted(actor.unit_ids)
    if not actor.reads_all and not own:
        raise NotFound
    with house.database.reading() as session:
        found = pairings.covered(session, clock.today(), house.calendar, own)
    exceptions = [Uncovered.model_validate(row) for row in found.exceptions]
    figures = found.figures
    return Coverage(total=figures.total, paired=figures.paired, share=figures.share, exceptions=exceptions).as_json()


def _step(state: str, unit: str, at: datetime) -> DemandStep:
    return DemandStep(state=state, unit=unit, at=at)


def _whole(demand: Row, steps: list[DemandStep]) -> WholeDemand:
    """What the unit has written is nobody's business before it is signed and sent."""
    is_sent = demand.answered_on is not None
    return WholeDemand(
        **Demand.model_validate(demand).model_dump(),
        text=demand.text,
        result=demand.result if is_sent else "",
        answer_text=demand.answer_text if is_sent else "",
        ground=demand.ground if is_sent else [],
        steps=steps,
    )
