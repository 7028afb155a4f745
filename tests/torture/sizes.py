"""How much each named test does: quick inside `make test`, full with `make torture` (DUBAN_TORTURE=full)."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts are for the whole test, over both kinds of database, unless they say otherwise."""

    crash_kills: int
    crash_completions: int
    timers: int
    timer_schedulers: int
    timer_kills: int
    winner_clients: int
    winner_rounds: int
    load_seconds: int
    many_completions: int
    has_true_lease: bool  # many_processes: real commands and the lease of 60 s, or forked ones and a lease of 3 s
    database_away: int
    disk_full: int
    time_matrix: int
    bpmn_mutations: int
    replayed_walks: int
    tamper_edits: int


QUICK = Sizes(
    crash_kills=100,
    crash_completions=2_000,
    timers=1_000,
    timer_schedulers=2,
    timer_kills=6,
    winner_clients=8,
    winner_rounds=200,
    load_seconds=30,
    many_completions=300,
    has_true_lease=False,
    database_away=5,
    disk_full=3,
    time_matrix=60,
    bpmn_mutations=1_500,
    replayed_walks=30,
    tamper_edits=2_000,
)
FULL = Sizes(
    crash_kills=1_000,
    crash_completions=20_000,
    timers=20_000,
    timer_schedulers=3,
    timer_kills=50,
    winner_clients=32,
    winner_rounds=2_000,
    load_seconds=1_800,
    many_completions=3_000,
    has_true_lease=True,
    database_away=50,
    disk_full=20,
    time_matrix=400,
    bpmn_mutations=150_000,
    replayed_walks=600,
    tamper_edits=50_000,
)
IS_FULL = os.environ.get("DUBAN_TORTURE") == "full"
SIZES = FULL if IS_FULL else QUICK
