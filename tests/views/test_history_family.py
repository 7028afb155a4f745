"""Parents and children of a history as one story: the tree, who ran when, and one list of all that happened."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, insert, select

from app.db import table_of
from app.models.process import ProcessInstance
from app.queries import family
from app.services.house import House
from tests import walks
from tests.applications import SignIn
from tests.factories import actor
from tests.statements import counted

INSTANCE = table_of(ProcessInstance)


@pytest.fixture
def story(house: House) -> tuple[str, str, str]:
    """A parent, its child, and a child of that."""
    ids = walks.walked(house, "linear", 1), walks.walked(house, "linear", 2), walks.walked(house, "gw_xor", 3)
    with house.database.writing() as connection:
        for child, parent in ((ids[1], ids[0]), (ids[2], ids[1])):
            connection.execute(INSTANCE.update().where(INSTANCE.c.id == child).values(parent_id=parent))
    return ids


def test_the_tree_leads_up_and_down(sign_in: SignIn, story: tuple[str, str, str]) -> None:
    eldest, middle, youngest = story
    client = sign_in("auditor")

    page = client.get(f"/histories/{middle}/family").text

    assert page.index(f'href="/histories/{eldest}"') < page.index(f'href="/histories/{youngest}"')
    assert "本流程及其下级共 2 个流程，上级 1 个" in page
    assert "bar-svg d-ran" in page
    assert "style=" not in page[page.index('id="main"') :]
    assert f"/histories/{middle}/family" in client.get(f"/histories/{middle}").text
    assert f'href="/histories/{middle}/family"' in client.get(f"/histories/{eldest}/family").text


def test_the_events_of_all_stand_in_one_list_and_each_leads_to_its_moment(
    sign_in: SignIn, house: House, story: tuple[str, str, str]
) -> None:
    page = sign_in("auditor").get(f"/histories/{story[0]}/family").text
    heads = {id_: walks.instance_of(house, id_).head_seq for id_ in story}

    for id_, head in heads.items():
        found = [int(seq) for seq in re.findall(rf"/histories/{id_}\?event=(\d+)", page)]
        assert found == list(range(1, head + 1))


def test_a_long_list_of_events_goes_on_without_gap(
    house: House, story: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(family, "EVENTS", 3)
    auditor = actor(house, "auditor")
    with house.database.reading() as session:
        instance = session.get_one(ProcessInstance, story[0])
        places, cursor = [], None
        while True:
            page = family.events(session, auditor, instance, cursor)
            places += [(one.at, one.instance_id, one.seq) for one in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break

    assert places == sorted(places)
    assert len(places) == len(set(places)) == sum(walks.instance_of(house, id_).head_seq for id_ in story)


def test_a_history_without_family_has_no_such_link(sign_in: SignIn, house: House) -> None:
    id_ = walks.started(house, "linear")
    client = sign_in("auditor")

    assert f"/histories/{id_}/family" not in client.get(f"/histories/{id_}").text
    assert client.get(f"/histories/{id_}/family").status_code == 200
    assert client.get(f"/histories/{id_}/family?cursor=nonsense").status_code == 400
    assert client.get("/histories/nobody/family").status_code == 404


def test_another_unit_sees_nothing_of_it(sign_in: SignIn, story: tuple[str, str, str]) -> None:
    assert sign_in("contact.sci").get(f"/histories/{story[0]}/family").status_code == 404


def test_many_children_are_paged_in_as_many_statements_as_few(house: House, story: tuple[str, str, str]) -> None:
    auditor = actor(house, "auditor")

    def statements() -> int:
        with counted(house) as asked, house.database.reading() as session:
            instance = session.get_one(ProcessInstance, story[0])
            found = family.family(session, auditor, instance)
            family.events(session, auditor, instance)
        assert len(found.children.items) <= family.CHILDREN
        return len(asked)

    add_children(house, story, 60)
    few = statements()
    add_children(house, story, 120)

    assert statements() == few


def add_children(house: House, story: tuple[str, str, str], until: int) -> None:
    """Copies of the second under the first, so that there are so many."""
    with house.database.writing() as connection:
        count = select(func.count()).where(INSTANCE.c.id.like("copy-%"))
        there = connection.execute(count).scalar_one()
        row = dict(connection.execute(select(INSTANCE).where(INSTANCE.c.id == story[1])).mappings().one())
        numbers = range(there, until)
        copies = [{**row, "id": f"copy-{n}", "business_key": f"copy:{n}", "parent_id": story[0]} for n in numbers]
        connection.execute(insert(INSTANCE), copies)
