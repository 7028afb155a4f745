"""A re-verification that a real batch decides: joined to its list, checked, scored, shown publicly, prolonged."""

from __future__ import annotations

from datetime import date

from app import clock
from app.models.enterprise import Title
from app.models.recognition import Application
from app.models.title_maintenance import TitleRenewal
from app.services import outbox, processes, title_calendar
from app.services.house import House
from tests.services.recognition_walk import Recognition, morning
from tests.services.test_title_renewals import RENEWAL

LEVEL = "specialised_city"


def applied(house: House) -> tuple[Recognition, str]:
    """A re-verification that stands in the list of an open batch, and its key."""
    walk = Recognition(house, day="2025-07-02")
    code = walk.firms[0]
    days = {"announced_on": date(2022, 12, 30), "from_on": date(2022, 12, 30), "until_on": date(2025, 12, 29)}
    walk.add(Title(enterprise_id=code, level=LEVEL, certificate="YZ-1", **days))
    with clock.held(morning(walk.day)):
        while title_calendar.open_due(house):
            pass
        outbox.drain(house)
    key = f"{RENEWAL}:{code}:{LEVEL}:2025"
    publish(walk)
    asked = walk.form_of("apply_renewal", key)["figures"]
    rows = [{"no": row["no"], "value": "500"} for row in asked]
    walk.do("firm1", "apply_renewal", key, figures=rows, commitment=True)
    return walk, key


def publish(walk: Recognition, number: int = 1) -> str:
    batch = walk.open_batch(LEVEL, year=2025, number=number, kind="reverification")
    walk.do("contact.miit", "open_batch", batch)
    walk.do("head.miit", "sign_batch_notice", batch, outcome="yes")
    return batch


def test_a_batch_for_re_verification_prolongs_the_title(house: House) -> None:
    walk, key = applied(house)
    batch = walk.rows(TitleRenewal)[0].batch_key
    [application] = walk.rows(Application)
    assert (application.key, application.is_renewal, application.status) == (key, True, "reviewed")
    assert application.locality_opinion == "pass"

    walk.on("2025-08-20")
    walk.check(batch)
    walk.score(batch)
    rows = [
        {**row, "decision": "granted", "reason": "经复核，称号条件保持"}
        for row in walk.form_of("decide_list", batch)["rows"]
    ]
    walk.decide(batch, rows=rows)
    walk.do("contact.miit", "publish_notice", batch)
    walk.on("2025-09-10")

    assert walk.instance(batch).end_element == "batch_closed"
    assert walk.instance(key).end_element == "title_prolonged"
    [title] = [row for row in walk.rows(Title) if row.level == LEVEL]
    assert (title.until_on, title.status, title.certificate) == (date(2028, 12, 29), "valid", "YZ-1")
    assert walk.rows(TitleRenewal)[0].status == "passed"


def test_a_cancelled_batch_leaves_the_re_verification_to_the_next(house: House) -> None:
    walk, key = applied(house)
    batch = walk.rows(TitleRenewal)[0].batch_key
    with clock.held(morning(walk.day)):
        processes.cancel(house, walk.actor("office"), walk.instance(batch).id, "通知有误", key="cancel")
        outbox.drain(house)
    assert (walk.rows(TitleRenewal)[0].status, walk.rows(TitleRenewal)[0].batch_key) == ("applied", "")

    second = publish(walk, number=2)
    with clock.held(morning(walk.day)):
        while title_calendar.open_due(house):
            pass

    assert walk.rows(TitleRenewal)[0].batch_key == second != batch
    assert [(row.key == key, row.status) for row in walk.rows(Application)] == [
        (False, "cancelled"),
        (True, "reviewed"),
    ]
