"""The screens in an office a hundred times larger: inbox_1m_over_10k, board_1m_over_10k, and a table of them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench import crowd
from bench.ground import Ground
from bench.measured import Ratio, Times, middle
from bench.screens import Screen, screens

PATIENCE = 10_000  # milliseconds for all repeats of a screen


def inbox_and_board(ground: Ground) -> Iterator[Ratio]:
    wanted = {"inbox": "inbox, first page (contact.sci)", "board": "board page"}
    shown = screens(ground.house)
    found = _both(ground, {line: shown[screen] for line, screen in wanted.items()})
    small, large = ground.size.tasks, ground.size.tasks * ground.size.times
    for line, (below, above) in found.items():
        yield Ratio(f"{line}_{_short(large)}_over_{_short(small)}", above, below, ground.size.repeats)


def table(ground: Ground) -> Mapping[str, tuple[float, float]]:
    """Milliseconds of each screen in the small and in the large office."""
    return _both(ground, screens(ground.house))


def _both(ground: Ground, shown: Mapping[str, Screen]) -> Mapping[str, tuple[float, float]]:
    crowd.fill(ground.house, ground.size.tasks)
    small = {name: _median(ground, screen) for name, screen in shown.items()}
    crowd.multiply(ground.house, ground.size.times)
    return {name: (small[name], _median(ground, screen)) for name, screen in shown.items()}


def _short(number: int) -> str:
    return f"{number // 1_000_000}m" if number % 1_000_000 == 0 else f"{number // 1000}k"


def _median(ground: Ground, screen: Screen) -> float:
    found = Times()
    while len(found) < ground.size.repeats and sum(found) < PATIENCE:
        with ground.house.database.reading() as session, found:
            screen(session)
    return middle(found)
