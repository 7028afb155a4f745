"""Assessments, bulletins and typical cases as programs read them: what is published, and before that whose it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from app import clock
from app.services import bulletins
from app.services.house import House
from tests.api.conftest import CallAs
from tests.factories import actor
from tests.services.assessments import JANUARY, Campaign
from tests.services.cases_of_firms import Column
from tests.services.orders import Desk


def test_scores_are_ones_own_until_the_year_is_approved(house: House, call_as: CallAs) -> None:
    Campaign(house, JANUARY).start().rules().begin()

    with clock.held(JANUARY):
        years: Any = call_as("contact.sci").get("/assessments").json
        year = years["items"][0]["year"]
        own: Any = call_as("contact.sci").get(f"/assessments/{year}").json
        everybody: Any = call_as("office").get(f"/assessments/{year}").json
        score: Any = call_as("contact.sci").get(f"/assessments/{year}/units/sci").json
        assert call_as("contact.sci").get(f"/assessments/{year}/units/miit").status_code == 404
        assert call_as("office").get("/assessments/2001").status_code == 404

    assert own["is_provisional"]
    assert [one["unit"] for one in own["scores"]] == ["sci"]
    assert len(everybody["scores"]) > 1
    assert score["seal"] == own["scores"][0]["seal"]
    assert score["revisions"] == [1]
    assert all(line["cause"] or line["points"] for line in score["lines"])


def test_a_bulletin_is_the_offices_until_it_is_signed(house: House, call_as: CallAs) -> None:
    desk = Desk(house).matter().issued()
    with clock.held(desk.at):
        with house.database.transaction() as session:
            office = actor(house, "office")
            row = bulletins.compose(session, office, house.calendar, date(2022, 7, 1), date(2022, 7, 15))
            id_, revision = row.id, row.revision
        assert [one["id"] for one in call_as("office").items("/bulletins")] == [id_]
        assert call_as("contact.sci").items("/bulletins") == []
        assert call_as("contact.sci").get(f"/bulletins/{id_}").status_code == 404
        with house.database.transaction() as session:
            bulletins.send(session, office, id_, revision)
            bulletins.sign(session, actor(house, "signer"), id_, revision + 1)
        found: Any = call_as("contact.sci").get(f"/bulletins/{id_}").json

    assert (found["number"], found["status"]) == ("扬促中小办通报〔2022〕1号", "published")
    assert any(unit["orders"] for unit in found["units"])


def test_a_case_is_its_authors_until_it_is_published(house: House, call_as: CallAs) -> None:
    column = Column(house)
    first = column.published()
    second = column.offer(title="另一家企业的转型之路")

    with clock.held(column.at):
        reader, author = call_as("contact.fin"), call_as("contact.miit")
        assert [one["number"] for one in reader.items("/typical-cases")] == [first.number]
        assert reader.items("/typical-cases", scope="mine") == []
        assert [one["number"] for one in author.items("/typical-cases", scope="mine", limit=1)] == [
            second.number,
            first.number,
        ]
        assert reader.get(f"/typical-cases/{second.number}").status_code == 404
        found: Any = reader.get(f"/typical-cases/{first.number}").json

    assert "销售增长35%" in found["parts"]["result"]
    assert found["state"] == "published"
