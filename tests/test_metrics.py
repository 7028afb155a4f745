"""What a process counts is made at its first figure, once, however many threads come with one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import Barrier

import pytest
from prometheus_client import CollectorRegistry

from app import metrics

THREADS = 8


@pytest.fixture
def new_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is counted yet, and threads take turns as often as they can."""
    monkeypatch.setattr(metrics, "OWN", CollectorRegistry())
    for name in ("_made", "_commands", "_seconds"):
        monkeypatch.setattr(metrics, name, cache(getattr(metrics, name).__wrapped__))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_the_first_commands_of_a_process_may_come_at_one_moment(new_process: None) -> None:
    line = Barrier(THREADS)

    def count(_number: int) -> None:
        line.wait()
        metrics.count_command("claim", "ok", 0.001)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(count, range(THREADS)))

    assert metrics.OWN.get_sample_value("duban_commands_total", {"kind": "claim", "code": "ok"}) == THREADS
