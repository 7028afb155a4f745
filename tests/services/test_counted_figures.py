"""A figure that the libraries count comes into reports and targets by itself and cannot be typed over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app import clock
from app.models.actual import IndicatorActual
from app.models.annual_target import TargetBreakdown
from app.models.enterprise import Title
from app.models.process import WorkingRow
from app.queries.actor import Actor
from app.services import tasks
from app.services.house import House
from app.services.library_counts import count_today
from app.services.task_forms import open_form
from tests import factories
from tests.services.annual_targets import Campaign
from tests.services.december_report_walk import YEAR, Walk, filled_in, morning, unit_key
from tests.services.libraries import code


def giants(house: House, *numbers: int, on: str, locality: str = "hanjiang") -> None:
    with clock.held(morning(on)), house.database.transaction() as session:
        for number in numbers:
            factories.enterprise(session, number, locality)
            begins = date.fromisoformat(on)
            ends = begins.replace(year=begins.year + 3)
            session.add(
                Title(
                    enterprise_id=code(number),
                    level="little_giant",
                    announced_on=begins,
                    from_on=begins,
                    until_on=ends,
                )
            )
    with clock.held(morning(on)):
        count_today(house)


def opened(walk: Walk, unit: str) -> Any:
    """The form as the contact's page begins with it."""
    task = walk.task("draft_report", unit_key(unit))
    with clock.held(morning(walk.day)), walk.house.database.reading() as session:
        who: Actor = factories.actor(walk.house, f"contact.{unit}")
        return open_form(walk.house, session, who, task, None)


def test_a_lead_confirms_the_count_and_cannot_type_another_figure(house: House) -> None:
    giants(house, 1, 2, 3, on="2024-10-08")
    walk = Walk(house)
    walk.collect("miit")
    walk.on("2024-12-20")

    form = opened(walk, "miit")
    at = next(index for index, row in enumerate(form.data["figures"]) if row["no"] == 2)
    assert (form.data["figures"][at]["value"], form.data["figures"][at]["source"]) == (3, "ledger")
    assert {f"figures.{at}.value", f"figures.{at}.source"} <= set(form.locked)
    assert form.marks[f"figures.{at}.value"]["text"] == "台账自动计数，截至2024年10月8日，已核实"
    assert not any(path.startswith("figures.0.") for path in form.locked)

    told = filled_in(form.data)
    told["figures"] = [{**row, "value": 99} if row["no"] == 2 else row for row in told["figures"]]
    walk.do("contact.miit", "draft_report", unit_key("miit"), **told)
    walk.do("head.miit", "sign_report", unit_key("miit"), outcome="yes")
    walk.accept("miit")
    figures = [row for row in walk.rows(IndicatorActual) if row.indicator_id == walk.indicator(2).id]
    assert [(int(row.value), row.source) for row in figures] == [(3, "ledger"), (3, "ledger")]


def test_a_report_sent_row_by_row_in_another_order_keeps_its_figures(house: House) -> None:
    giants(house, 1, on="2024-10-08")
    walk = Walk(house)
    walk.collect("miit")
    walk.on("2024-12-20")
    told = filled_in(opened(walk, "miit").data)
    told["figures"] = [{**row, "value": row["no"] + 100} for row in reversed(told["figures"])]

    walk.do("contact.miit", "draft_report", unit_key("miit"), **told)

    kept = (walk.row(unit_key("miit"), "draft") or {})["figures"]
    assert {row["no"]: row["value"] for row in kept} == {
        row["no"]: 1 if row["no"] == 2 else row["no"] + 100 for row in told["figures"]
    }


def test_a_locality_finds_its_part_of_the_count(house: House) -> None:
    giants(house, 1, 2, on="2024-10-08")
    giants(house, 3, on="2024-10-09", locality="gaoyou")
    walk = Walk(house)
    walk.collect("hanjiang")
    instance = walk.instance(f"december_report:{YEAR}")
    share = {"indicator_id": walk.indicator(2).id, "year": YEAR, "revision": 1, "instance_id": instance.id}
    walk.add(TargetBreakdown(**share, unit_id="hanjiang", value=Decimal(8)))
    walk.on("2024-12-20")

    form = opened(walk, "hanjiang")

    assert [(row["no"], row["value"], row["target"]) for row in form.data["figures"]] == [(2, 2, 8)]
    assert "figures.0.value" in form.locked


def test_next_years_target_starts_from_the_count_which_is_confirmed(house: House) -> None:
    giants(house, 1, 2, on="2022-10-10")
    campaign = Campaign(house).open(indicators=[2])
    while (task := next(iter(campaign.tasks()), None)) and task.element_id == "settle_basis":
        rows = [{**row, "basis_text": "按附件1口径逐家统计，含新认定企业"} for row in campaign.form(task)["rows"]]
        rows = [{**row, "base_value": 50, "base_as_of": "2021-12-31"} for row in rows]
        campaign.send(task, rows=rows)
    task = campaign.tasks("propose_target")[0]
    with clock.held(campaign.at), house.database.reading() as session:
        form = open_form(house, session, factories.actor(house, "contact.miit"), task, None)

    assert (form.data["baseline"][0]["value"], form.data["baseline"][0]["source"]) == (2, "ledger")
    assert "baseline.0.value" in form.locked
    typed = {**form.data, "baseline": [{**form.data["baseline"][0], "value": 40}]}
    with clock.held(campaign.at):
        tasks.complete(house, factories.actor(house, "contact.miit"), task.id, typed, key="typed")
    with house.database.reading() as session:
        proposed = session.scalars(select(WorkingRow.value).where(WorkingRow.kind == "proposal")).one()
    assert proposed["baseline"][0]["value"] == 2


def test_without_a_count_a_figure_is_typed_as_before(house: House) -> None:
    walk = Walk(house)
    walk.collect("miit")
    walk.on("2024-12-20")

    assert opened(walk, "miit").locked == []
