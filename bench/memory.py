"""memory_20000_over_2000: the process after many commands over the same process when it had got warm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.ground import Ground
from bench.measured import Ratio
from bench.models import LINEAR, complete, open_task_ids
from tests.factories import actor

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
STATM = Path("/proc/self/statm")
FORGET_PEAK = "5"  # proc(5), clear_refs


def resident_megabytes() -> float:
    """What the process holds in memory now."""
    return int(STATM.read_text().split()[1]) * PAGE_BYTES / 2**20


def peak_megabytes(process: int | str = "self") -> float:
    """The most it has held since it began, or since its peak was forgotten; 0 of one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text(FORGET_PEAK)


def memory_late_over_early(ground: Ground) -> Iterator[Ratio]:
    """Starts and completions of instances, of which every other one is left open, as in an office that grows."""
    LINEAR.deploy(ground.house)
    office, commands, early = actor(ground.house, "office"), 0, 0.0
    warm = ground.size.commands // 10
    for number in range(ground.size.commands):
        [task_id] = open_task_ids(ground.house, LINEAR.start(ground.house, office, f"memory:{number}"))
        opened = [task_id]
        while opened:
            opened = complete(ground.house, office, opened[0])
            commands += 1
            if number % 2:
                break
        if not early and commands >= warm:
            early = resident_megabytes()
        if commands >= ground.size.commands:
            break
    yield Ratio(f"memory_{commands}_over_{warm}", resident_megabytes(), early, commands, "MB")
