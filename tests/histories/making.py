"""Freezes what a release does: `python -m tests.histories.making RELEASE` writes tests/histories/RELEASE/walks.zip.

An office lives through what the release can do, by its real commands, and is put into an archive of `duban backup`.
Later releases restore it, do everything again and must come to the same hashes. It is made once, by the release
itself, and never again: a file that is there is not overwritten.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from app import clock
from app.models.process import ProcessInstance
from app.queries.actor import SYSTEM
from app.services import (
    erasures,
    handing_over,
    log,
    migrations,
    outbox,
    processes,
    returning,
    signers,
    supervision,
    tasks,
)
from app.services.backup.making import make
from app.services.check import check
from app.services.definitions import deploy
from app.services.house import House
from app.terms import ErasureGround
from tests import walks
from tests.databases import sqlite_url
from tests.engine import redrawn
from tests.factories import actor, house_on, load_office
from tests.services.december_report_walk import Walk, morning, unit_key
from tests.services.orders import Desk
from tests.services.recognition_walk import Recognition
from tests.services.test_signers import TWO, open_task, sign

HERE = Path(__file__).parent
LAST = "2024-12-02"


def live(house: House) -> None:
    """In the order of the calendar: what was done first must not be overtaken by what is due later."""
    an_order_with_more_time(house)
    a_recognition(house)
    models(house)
    hands_and_signers(house)
    a_migration(house)
    december_reports(house)
    an_erasure(house)
    Walk(house).on(LAST)
    with clock.held(morning(LAST)):
        report = Walk(house).task("sign_report", unit_key("miit"))
        supervision.urge(house, actor(house, "office"), [report.id], "请尽快签发", key="urge")
    while log.sequence(house):
        pass


def an_order_with_more_time(house: House) -> None:
    """A due day is held, granted, and the drawn timer moves with it."""
    desk = Desk(house).matter().issued().signed_for()
    desk.on("2022-07-19").ask_time(desk.task("report_back")).asked("2022-07-25")
    desk.do("review_extension", login="office", outcome="granted")
    desk.on("2022-07-22").reported().accepted()


def a_recognition(house: House) -> None:
    """A firm applies, is reviewed, listed and announced."""
    recognition = Recognition(house)
    recognition.to_notice()
    recognition.on("2023-05-10")


def models(house: House) -> None:
    """Gateways, loops, timers, messages and several at once, in a random order."""
    for seed, model in enumerate(("linear", "mi_bnd", "sub_loop", "mi_par", "two_keys")):
        walks.walked(house, model, seed)


def hands_and_signers(house: House) -> None:
    """委派, 加签 before the form is sent, 退回 to who did the step."""
    with clock.held(walks.BEGIN):
        deploy(house, SYSTEM, {"handed.bpmn": TWO.encode()})
        office = actor(house, "office")
        id_ = str(processes.start(house, office, "handed", {}, key="h:start", business_key="handed:1")["id"])
        task = open_task(house, id_)
        handing_over.delegate(house, office, task, "office.drc", "请先起草", key="h:delegate")
        handing_over.hand_back(house, actor(house, "office.drc"), task, "已起草", key="h:back")
        both = [f"person:{actor(house, login).person_id}" for login in ("office.drc", "office.miit")]
        signers.add_signers(house, office, task, both, text="请核对", key="h:signers")
        sign(house, "office.drc")
        sign(house, "office.miit", "no", "请补充数据来源")
        outbox.drain(house)
        tasks.complete(house, office, task, {"note": "已会签"}, key="h:complete")
        second = open_task(house, id_)
        returning.return_to(house, office, second, "fill_in", "请补充材料", key="h:return")


def a_migration(house: House) -> None:
    """To a version with another name and one more step, back, and there again."""
    with clock.held(walks.BEGIN):
        id_ = walks.started(house, "linear", "migrated")
        new = redrawn.sources("linear", redrawn.naming("b", "核对材料"), redrawn.task_after("b", "b2"))
        version = deploy(house, SYSTEM, new)[0][1]
        office, reason = actor(house, "office"), "按新的办理规程调整"
        migrations.migrate(house, office, id_, version, reason=reason, key="m:there")
        migrations.migrate_back(house, office, id_, key="m:back")
        migrations.migrate(house, office, id_, version, reason=reason, key="m:again")
        tasks.complete(house, office, open_task(house, id_), {"outcome": "yes"}, key="m:complete")


def december_reports(house: House) -> None:
    """One that was returned and accepted, and one that its head has still to sign."""
    walk = Walk(house).collect("miit", "sci")
    walk.submit("sci")
    walk.give_back("sci", "problems")
    walk.submit("sci")
    walk.accept("sci")
    walk.draft("miit")
    assert walk.open_elements(unit_key("miit")) == ["sign_report"]


def an_erasure(house: House) -> None:
    """Of what somebody wrote into a claim or form of the first model."""
    with clock.held(walks.BEGIN), house.database.transaction() as session:
        where = (ProcessInstance.definition_key == "mi_par", ProcessInstance.business_key.startswith("mi_par:"))
        stream = session.scalars(select(ProcessInstance.id).where(*where)).first() or ""
        security, audit = actor(house, "security_admin"), actor(house, "audit_admin")
        asked = erasures.propose(session, security, stream, [2], ErasureGround.CONSENT.value, "本人撤回同意，要求删除")
        erasures.approve(session, audit, asked.id)


def freeze(file: Path) -> None:
    with TemporaryDirectory() as name, closing(house_on(sqlite_url(Path(name) / "duban.sqlite3"), Path(name))) as house:
        load_office(house)
        live(house)
        with clock.held(morning(LAST)):
            assert check(house) == []
            file.parent.mkdir(exist_ok=True)
            make(house, file)
            file.chmod(0o644)


if __name__ == "__main__":
    freeze(HERE / sys.argv[1] / "walks.zip")
