"""@ in a comment: whom a text names, who can be named, and that nobody is told of what she may not see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock
from app.errors import InvalidForm
from app.models.notification import Notification
from app.models.person import Person
from app.models.user_task import CommentMention
from app.queries.actor import actor_of
from app.queries.mentionable import Mentionable, mentionable
from app.queries.sight import seen_task
from app.services import check, comments
from app.services.house import House
from app.services.mentions import mentioned
from app.terms import Role
from tests.factories import actor, person
from tests.services.december_report_walk import Walk, morning, unit_key
from tests.services.test_handing_over import LINEAR, task_id, told

__all__ = ["LINEAR", "task_id"]

PEOPLE = [
    Mentionable(1, "wang", "王芳", "市工信局", "wang fang"),
    Mentionable(2, "wang.fangfang", "王芳芳", "市科技局", "wang fang fang"),
    Mentionable(3, "li.1", "李同", "市财政局", "li tong"),
    Mentionable(4, "li.2", "李同", "市税务局", "li tong"),
]


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("请@王芳看一下", ["wang"]),
        ("请@王芳芳看一下", ["wang.fangfang"]),
        ("@王芳 @王芳芳：请核对，@王芳", ["wang", "wang.fangfang"]),
        ("@wang请看", ["wang"]),
        ("@li.2 请看", ["li.2"]),
        ("发到 a@b.cn 即可", []),
        ("没有提及", []),
    ],
)
def test_a_name_is_found_in_running_text(text: str, logins: list[str]) -> None:
    assert [one.login for one in mentioned(text, PEOPLE)] == logins


@pytest.mark.parametrize(
    ("text", "says"), [("@赵六请看", "没有可以提及"), ("@wangx", "没有可以提及"), ("@李同", "@li.1")]
)
def test_nobody_and_one_of_two_are_asked_back(text: str, says: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        mentioned(text, PEOPLE)

    assert says in refused.value.errors[0][1]


@given(st.text(max_size=60))
def test_whatever_is_typed_names_only_those_who_may_be_named(text: str) -> None:
    try:
        found = mentioned(text, PEOPLE)
    except InvalidForm:
        return
    assert all(f"@{one.name}" in text or f"@{one.login}" in text for one in found)


def test_who_can_be_named_sees_the_task_and_nobody_else_does(house: House) -> None:
    walk = Walk(house).collect("sci", "fin").on("2024-12-02")
    with house.database.transaction() as session:
        session.add(person("expert", "专家", "sci", (Role.EXPERT, None)))
    task = walk.task("draft_report", unit_key("sci"))

    with clock.held(morning(walk.day)), house.database.reading() as session:
        named = {one.person_id for one in mentionable(session, actor(house, "office"), task)}
        for one in session.scalars(select(Person)):
            if one.id in named:
                assert seen_task(session, actor_of(session, one, clock.today()), task.id)
        logins = set(session.scalars(select(Person.login).where(Person.id.in_(named))))
    assert {"contact.sci", "head.sci", "leader", "auditor"} <= logins
    assert logins.isdisjoint({"contact.fin", "head.fin", "expert", "system_admin", "office"})


def test_who_is_named_is_told_once_and_the_ledger_says_whom(house: House, task_id: str) -> None:
    leader = actor(house, "leader")

    answer = comments.comment(house, actor(house, "office"), task_id, f"请@{leader.name}和@leader审阅", key="c")

    assert answer["mentioned"] == 1
    with house.database.reading() as session:
        message = session.scalars(select(Notification)).one()
        assert session.scalars(select(CommentMention.person_id)).all() == [leader.person_id]
    assert (message.kind, message.person_id, message.task_id) == ("mention", leader.person_id, task_id)
    assert told(house, task_id)[-1][1]["to"] == ["leader"]
    assert check.check(house) == []


def test_a_stranger_is_told_nothing_and_the_comment_is_not_kept(house: House, task_id: str) -> None:
    with pytest.raises(InvalidForm, match="1 处"):
        comments.comment(house, actor(house, "office"), task_id, "请@contact.sci看一下", key="c")

    with house.database.reading() as session:
        assert not session.scalars(select(Notification)).all()
    assert len(told(house, task_id)) == 1
