"""Who answers the call for typical cases: a few units and firms, each with a lead of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from app.demo.course import Actors
from app.errors import AppError
from app.queries.actor import enterprise_inbox
from app.services import typical_cases
from app.services.house import House

OF_UNITS: Sequence[tuple[str, str, str]] = (
    ("miit", "从跟跑到领跑：一家配套企业的转型之路", "growth"),
    ("hanjiang", "小县区里的大服务：服务专员的一年", "service"),
    ("sci", "院所专家进车间：一项技术的落地", "technology"),
)
OF_FIRMS = ("一台老设备的数字化重生", "把一个零件做到极致的二十年")
TEXT = "做法具体、成效明显，企业认可，其他单位和企业可以借鉴。"


def answer_the_call(house: House, actors: Actors, day: date, firms: Sequence[str]) -> None:
    """firms: codes of enterprises with a title; units write about the first of them, and the last write themselves."""
    for place, (unit, title, kind) in enumerate(OF_UNITS):
        subject = firms[place] if kind != "service" and place < len(firms) else ""
        _offer(house, actors, f"contact:{unit}", {"title": title, "kind": kind, "subject": subject}, day)
    for code, title in zip(firms[-len(OF_FIRMS) :], OF_FIRMS, strict=False):
        _offer(house, actors, enterprise_inbox(code), {"title": title, "kind": "digital"}, day)


def _offer(house: House, actors: Actors, inbox: str, lead: dict[str, str], day: date) -> None:
    actor = actors(inbox)
    told = {name: text for name, text in lead.items() if text}
    if actor is not None:
        with suppress(AppError):  # as a person would be refused, and go on
            typical_cases.offer(house, actor, {**told, "text": TEXT}, key=f"demo:case:{day}:{inbox}")
