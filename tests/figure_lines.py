"""What a named test found, with its n, printed as a table at the end of the run; also from the processes of xdist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FIGURE = "figure"

FigureLine = Callable[[str], None]


@pytest.fixture
def figure_line(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> FigureLine:
    """Call it with the figures of this test: "100 kills, 2,014 completions acknowledged, 0 lost"."""
    name = request.node.name.removeprefix("test_")
    return lambda figures: record_property(FIGURE, f"{name}: {figures}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    lines = [value for report in reports for name, value in report.user_properties if name == FIGURE]
    if lines:
        terminalreporter.section("figures")
        for line in sorted(set(lines)):
            terminalreporter.write_line(line)
