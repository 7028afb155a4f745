"""`make bench`: prints one line a ratio, with n, on SQLite and on PostgreSQL; as the table of docs/performance.md."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import click
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from bench import collection, commands, evidence, http, ledger, library, lists, memory, search, timers
from bench.casework import registered
from bench.ground import POSTGRESQL, SQLITE, Ground, grounds
from bench.measured import Ratio
from bench.sizes import FULL, QUICK, Size

Part = Callable[[Ground], Iterator[Ratio]]

PARTS: Mapping[str, Part] = {
    "complete": commands.complete_over_floor,
    "cold": commands.complete_cold_over_floor,
    "start": commands.start_over_floor,
    "bytes": commands.recognition_bytes,
    "rework": commands.rework_late_over_early,
    "http": http.complete_http_over_floor,
    "ledger": ledger.replay_and_verify,
    "evidence": evidence.measured,
    "timers": timers.timers_4_over_1,
    "memory": memory.memory_late_over_early,
    "campaign": collection.campaign,
    "lists": lists.inbox_and_board,
    "search": search.search,
    "library": library.library,
    "import": library.taking_in,
}
ONLY_READ = frozenset({"lists", "library", "evidence", "search"})


@click.command()
@click.option("--only", type=click.Choice(list(PARTS)), multiple=True, help="These lines; may be given several times.")
@click.option("--database", "kinds", type=click.Choice([SQLITE, POSTGRESQL]), multiple=True)
@click.option("--quick", is_flag=True, help="Less of everything: to see an order of magnitude.")
@click.option("--events", type=click.IntRange(min=1), help="How many the line of evidence makes.")
@click.option("--screens", is_flag=True, help="Instead: milliseconds of every screen in both offices.")
def main(only: tuple[str, ...], kinds: tuple[str, ...], quick: bool, events: int | None, screens: bool) -> None:
    """Every line is a ratio of medians of one run: another machine gives other times, not other ratios."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    size = QUICK if quick else FULL
    size = replace(size, events=events or size.events)
    for kind in kinds or (SQLITE, POSTGRESQL):
        Console(width=140).print(screens_table(kind, size) if screens else ratios_table(kind, size, only or PARTS))


def ratios_table(kind: str, size: Size, only: tuple[str, ...] | Mapping[str, Part]) -> Table:
    table = Table("line", "database", "ratio", "over", "n", box=MARKDOWN)
    for name in only:
        for ratio in measured(name, kind, size):
            table.add_row(ratio.name, kind, f"{ratio.value:.2f}", ratio.told, str(ratio.n))
    return table


def measured(name: str, kind: str, size: Size) -> Iterator[Ratio]:
    """The ratios of a part, each part on a database of its own."""
    with grounds(kind, size, is_durable=name not in ONLY_READ) as ground, registered():
        yield from PARTS[name](ground)


def screens_table(kind: str, size: Size) -> Table:
    small, large = size.tasks, size.tasks * size.times
    table = Table("screen", "database", f"ms at {small:,}", f"ms at {large:,}", "over", box=MARKDOWN)
    with grounds(kind, size, is_durable=False) as ground:
        for name, (below, above) in lists.table(ground).items():
            table.add_row(name, kind, f"{below:.1f}", f"{above:.1f}", f"{above / below:.1f}")
    return table


if __name__ == "__main__":
    main()
