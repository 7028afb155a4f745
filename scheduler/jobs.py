"""One short function a job; each calls one service. Safe to run twice, and in several processes at once."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from weakref import WeakSet

import structlog

from app import clock
from app.services import (
    activity_reminders,
    assessments,
    attachments,
    case_calls,
    checkpoints,
    daily,
    enterprise_imports,
    event_lines,
    holders,
    library_counts,
    milestone_reminders,
    openings,
    outbox,
    package_handover,
    policies,
    reminders,
    timers,
    title_calendar,
    visit_calendar,
)
from app.services.house import House
from app.services.log_signer.client import SignerTrouble
from app.services.rule_checks import running

TURN_SECONDS = 5.0

log = structlog.get_logger()

_unsealed: WeakSet[House] = WeakSet()  # of which the log has been told that the sealing waits


def fire(house: House) -> None:
    """Every second: due timers."""
    _for_a_turn(house, timers.fire_due)


def deliver(house: House) -> None:
    """Every second: messages between instances."""
    _for_a_turn(house, outbox.deliver_messages)


def calendar(house: House) -> None:
    """Every few minutes: campaigns of the plan's calendar."""
    for instance_id in openings.open_campaigns(house):
        log.info("campaign opened", instance=instance_id)
    if asked := case_calls.call_for_cases(house):
        log.info("asked for typical cases", people=asked)
    if steps := milestone_reminders.remind_of_milestones(house):
        log.info("reminded of steps of practical matters", steps=steps)
    if begun := assessments.begin_where_ready(house):
        log.info("assessments begun", years=begun)


def titles(house: House) -> None:
    """Every few minutes: what titles owe by the calendar, and those whose days are over."""
    _for_a_turn(house, title_calendar.open_due)
    ended = title_calendar.end_titles(house)
    if ended:
        log.info("titles ended", titles=ended)


def visits(house: House) -> None:
    """Every few minutes: specialists for little giants that have none, and the visits of the quarter."""
    _for_a_turn(house, visit_calendar.open_pairings)
    _for_a_turn(house, visit_calendar.open_visits)


def digest(house: House) -> None:
    """Every minute: on a working day, from the hour of the digest on, once. The day is marked when all is written."""
    now, today = clock.now(), clock.today()
    is_time = house.ladder.digest_time(today) <= now and house.ladder.quiet.allows(now, house.calendar)
    if is_time and not openings.is_won(house, "digest", today):
        people = reminders.remind(house)
        activity_reminders.remind_of_activities(house)
        if openings.win(house, "digest", today):
            log.info("digests written", people=people)


def lights(house: House) -> None:
    """Every few minutes: once a day, which lights turned, and what is forecast; once a month, how good that was."""
    if found := daily.watch_lights(house):
        log.info("lights watched", turned=found[0], forecasts=found[1])


def imports(house: House) -> None:
    """Every few seconds: files with enterprises are checked, and taken in once they are confirmed."""
    enterprise_imports.work_off(house)


def lines(house: House) -> None:
    """Every few seconds: what was done since is found by a search."""
    _for_a_turn(house, event_lines.fill)


def count(house: House) -> None:
    """Every few minutes: figures that the libraries count, where they have changed."""
    if changed := library_counts.count_today(house):
        log.info("libraries counted", figures=changed)


def packages(house: House) -> None:
    """Every few minutes: packages follow pairings that have changed, and those of enterprises that closed are void."""
    if moved := package_handover.follow_pairings(house):
        log.info("packages followed their specialists", tasks=moved)
    if void := policies.void_packages_of_closed(house):
        log.info("packages withdrawn", packages=void)


def hold(house: House) -> None:
    """Every few seconds: checkpoints go to those who keep them outside."""
    holders.hold_outside(house)


def check_rules(house: House) -> None:
    """Every few minutes: once a day the rules over histories are asked; what they are to look at is worked off."""
    today = clock.today()
    if not openings.is_won(house, "rules", today):
        running.ask(house)
        openings.win(house, "rules", today)
    _for_a_turn(house, lambda house: running.work_off(house).looked_at)


def scan(house: House) -> None:
    """Every minute: files that wait for the virus scanner."""
    if settled := attachments.scan_waiting(house):
        log.info("files looked through", files=settled)


def seal(house: House) -> None:
    """Every few seconds: new events get their place in the log, and the log its signature where enough are new."""
    try:
        sealed = checkpoints.seal_when_due(house)
    except SignerTrouble as trouble:
        if house not in _unsealed:
            log.warning("sealing waits", reason=str(trouble))
        _unsealed.add(house)
        return
    if sealed is not None:
        _unsealed.discard(house)
        log.info("sealed", size=sealed.size)


def look_around(house: House) -> None:
    """Every hour: what nothing moves any more becomes an incident, and incidents whose cause has gone are closed."""
    settled, stuck = daily.look_around(house)
    log.info("looked around", stuck=stuck, settled=settled)


def _for_a_turn(house: House, work: Callable[[House], int]) -> None:
    """Until nothing is left, but not longer than a turn: the watchdog must see that a busy process does not hang."""
    end = perf_counter() + TURN_SECONDS
    while work(house) and perf_counter() < end:
        pass
