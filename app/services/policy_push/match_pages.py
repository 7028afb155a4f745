"""The match of a round, a page of enterprises at a time: each page is a message of its own that asks for the next one.

Twenty thousand enterprises against thirty policies take longer than a command may. While pages are left, departments
cannot confirm; once the last one is done, packages that wait for it are made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.duties.policy_conditions import Catalogue, in_words
from app.models.policy import PolicyMatch, PolicyRound, PolicyRoundLine
from app.queries.policy_profiles import profile_page
from app.services.cases import Effect
from app.services.effects import put_effects
from app.services.house import House
from app.services.policy_push.matching import MARKS, SAMPLES, Tally, library_of, tallies
from app.services.policy_push.package_pages import ask_for_packages

MATCH = table_of(PolicyMatch)
MESSAGE = "policy_match_wanted"
PAGE = 200


def ask_for_match(connection: Connection, round_key: str, lines: Sequence[PolicyRoundLine], at: datetime) -> None:
    """From the beginning: what was found for these policies before is forgotten."""
    ids = [line.policy_id for line in lines]
    connection.execute(delete(MATCH).where(MATCH.c.round_key == round_key, MATCH.c.policy_id.in_(ids)))
    for line in lines:
        line.version, line.is_matched = line.policy.version, False
        line.met = line.nearly = line.unknown = line.excluded = 0
        line.samples, line.shut_out = {}, {}
    version = "-".join(f"{line.policy_id}.{line.version}" for line in lines[:1])
    _ask(connection, round_key, ids, "", f"{version}:{len(ids)}", at)


def match_page(session: Session, house: House, told: Mapping[str, Any]) -> None:
    """told: {key: round, policies, after, run}. The round is locked, so that pages and packages come one by one."""
    found = session.get(PolicyRound, str(told["key"]), with_for_update=True)
    if found is None:
        return
    wanted = (PolicyRoundLine.round_key == found.key, PolicyRoundLine.policy_id.in_(told["policies"]))
    lines = session.scalars(select(PolicyRoundLine).where(*wanted).order_by(PolicyRoundLine.policy_id)).all()
    page = profile_page(session, str(told["after"]), PAGE, found.titles, found.localities)
    library = library_of(session, [line.policy for line in lines])
    counted = tallies(library, page, found.opened_on)
    for line in lines:
        _add(line, counted[line.policy_id], library.known)
        _store(session.connection(), found.key, line.policy_id, counted[line.policy_id].met)
    at = clock.now()
    if len(page) == PAGE:
        _ask(session.connection(), found.key, told["policies"], page[-1].enterprise.id, str(told["run"]), at)
    else:
        for line in lines:
            line.is_matched = True
    session.flush()
    if found.is_packing and is_matched(session, found.key):
        ask_for_packages(session.connection(), found.key, "", at)


def is_matched(session: Session, round_key: str) -> bool:
    left = (PolicyRoundLine.round_key == round_key, PolicyRoundLine.is_matched.is_(False))
    return session.scalars(select(PolicyRoundLine.id).where(*left)).first() is None


def _add(line: PolicyRoundLine, tally: Tally, known: Catalogue) -> None:
    counts = tally.counts
    line.met, line.nearly = line.met + counts.get("met", 0), line.nearly + counts.get("nearly", 0)
    line.unknown, line.excluded = line.unknown + counts.get("unknown", 0), line.excluded + counts.get("no", 0)
    line.samples = {
        verdict: [*line.samples.get(verdict, ()), *tally.samples.get(verdict, ())][:SAMPLES] for verdict in MARKS
    }
    shut_out = dict(line.shut_out)
    for condition, count in tally.shut_out.items():
        sentence = in_words(condition, known)
        shut_out[sentence] = shut_out.get(sentence, 0) + count
    line.shut_out = shut_out


def _store(connection: Connection, round_key: str, policy_id: int, enterprise_ids: Sequence[str]) -> None:
    rows = [{"round_key": round_key, "policy_id": policy_id, "enterprise_id": id_} for id_ in enterprise_ids]
    if rows:
        connection.execute(MATCH.insert(), rows)


def _ask(connection: Connection, round_key: str, policy_ids: Sequence[int], after: str, run: str, at: datetime) -> None:
    told = {"name": MESSAGE, "key": round_key, "policies": list(policy_ids), "after": after, "run": run}
    put_effects(connection, [Effect(f"{MESSAGE}:{round_key}:{run}:{after}", "message", told)], at)
