"""Enterprises that had the benefit of a practical matter say what they think of it, most of them within the days."""

from __future__ import annotations

from datetime import date
from random import Random

from sqlalchemy import select

from app.demo.course import Actors
from app.models.practical_matter import MatterRating
from app.queries.actor import enterprise_inbox
from app.services import practical_matters
from app.services.house import House

DAILY_SHARE = 0.25  # of those who were asked and are still silent
GRADES = ("satisfied", "satisfied", "satisfied", "mostly", "mostly", "unsatisfied")
WORDS = {"satisfied": "办理及时，确有帮助。", "mostly": "总体较好，希望流程再简化。", "unsatisfied": "实际获得感不强。"}


def rate_matters(house: House, actors: Actors, day: date, random: Random) -> None:
    with house.database.reading() as session:
        wanted = select(MatterRating.id, MatterRating.enterprise_id).where(
            MatterRating.grade == "", MatterRating.closes_on >= day, MatterRating.asked_on < day
        )
        asked = session.execute(wanted.order_by(MatterRating.id)).all()
    for row in asked:
        actor = actors(enterprise_inbox(row.enterprise_id))
        if actor is not None and random.random() < DAILY_SHARE:
            grade = random.choice(GRADES)
            practical_matters.rate(house, actor, row.id, grade, WORDS[grade], key=f"demo:rate:{row.id}")
