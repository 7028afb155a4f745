"""`docs/constructs.md` names every model of this folder, and every test it names is there."""

from __future__ import annotations

import re

from tests.engine.driver import HERE
from tests.engine.test_definitions import REFUSED

PAGE = (HERE.parents[1] / "docs" / "constructs.md").read_text(encoding="utf-8")
ACCEPTED_ROWS, REFUSED_ROWS = (
    [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| ")][1:]
    for part in PAGE.split("## Refused")
)


def models(kind: str) -> set[str]:
    return {path.stem.removeprefix(f"{kind}_") for path in HERE.glob(f"{kind}_*.bpmn")}


def test_every_model_that_is_accepted_has_a_line_and_no_line_is_without_its_model() -> None:
    assert {row[1] for row in ACCEPTED_ROWS} == models("valid")


def test_every_model_that_is_refused_has_a_line_and_is_refused_in_a_test() -> None:
    assert {row[1] for row in REFUSED_ROWS} == models("invalid") == set(REFUSED)


def test_every_test_that_the_page_names_exists() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    existing = set(re.findall(r"^def (test_\w+)", written, re.MULTILINE))

    assert {row[2] for row in ACCEPTED_ROWS} <= existing
