"""What the bar of a phone does not show stands in the menu under the name, so every screen can be reached there."""

from __future__ import annotations

import re

import pytest

from tests.applications import SignIn

PEOPLE = ("office", "leader", "auditor", "contact.miit", "head.miit", "system_admin", "security_admin", "audit_admin")


def rail(page: str) -> list[tuple[str, bool]]:
    """Address and whether it stands in the bar of a phone."""
    nav = page[page.index('<nav class="d-rail"') : page.index("</nav>")]
    return [(href, 'class="desk"' not in rest) for href, rest in re.findall(r'<a href="(/[^"]*)"([^>]*)>', nav)]


def menu(page: str) -> list[str]:
    drop = page[page.index('<div class="d-drop">') :]
    return re.findall(r'<a class="phone" href="([^"]*)"', drop[: drop.index("</details>")])


@pytest.mark.parametrize("login", PEOPLE)
def test_what_the_bar_of_a_phone_leaves_out_stands_in_the_menu(sign_in: SignIn, login: str) -> None:
    page = sign_in(login).get("/plan").text

    left_out = [href for href, stays in rail(page) if not stays]

    assert menu(page) == left_out
    assert len(rail(page)) - len(left_out) <= 4


@pytest.mark.parametrize(("login", "home"), [("system_admin", "/people"), ("audit_admin", "/administration-events"),
                                             ("auditor", "/histories"), ("office", "/board")])  # fmt: skip
def test_the_own_screen_of_a_person_stands_in_the_bar_of_her_phone(sign_in: SignIn, login: str, home: str) -> None:
    assert (home, True) in rail(sign_in(login).get("/plan").text)
