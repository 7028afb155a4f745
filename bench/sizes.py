"""How much of everything is measured: in full, quickly, or only to see that the bench still runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """steps: completions of each model. loop: rounds of rework. tasks: open ones of the small office, times: copies.

    timers, children, commands: of the lines about them. repeats: of each screen. firms: of the small library.
    events: of the long log.
    """

    steps: int
    loop: int
    tasks: int
    times: int
    timers: int
    children: int
    commands: int
    repeats: int
    firms: int = 1_000
    events: int = 1_000_000


FULL = Size(steps=600, loop=300, tasks=10_000, times=100, timers=3_000, children=10_000, commands=20_000, repeats=50)
QUICK = Size(
    steps=60, loop=60, tasks=1_000, times=10, timers=200, children=600, commands=600, repeats=10, firms=100,
    events=20_000,
)  # fmt: skip
TINY = Size(steps=6, loop=20, tasks=500, times=2, timers=8, children=210, commands=20, repeats=2, firms=5, events=100)
