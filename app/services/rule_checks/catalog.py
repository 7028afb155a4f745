"""The rules of rules/checks, read once: what each says, where it comes from, and what it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.duties.log_rule_reading import BadRule, read_log_check
from app.duties.log_rules import LogCheck
from app.engine.model_rules import ModelCheck, read_model_check
from app.terms import Severity
from config import ROOT

FOLDER = ROOT / "rules" / "checks"
HEAD = frozenset({"id", "version", "name", "says", "source", "clause", "severity", "processes", "same", "log", "model"})
MUST = frozenset({"id", "version", "name", "says", "source", "severity"})
TOGETHER = frozenset({"family", "unit", "year", "enterprise"})


@dataclass(frozen=True)
class CheckRule:
    """One rule. name, says, source, clause: for readers. processes: those it is about, none for all.

    same: what the instances have in common whose events are judged together; none: each for itself. check: over logs
    or over models.
    """

    id: str
    version: int
    name: str
    says: str
    source: str
    clause: str
    severity: Severity
    processes: frozenset[str]
    same: frozenset[str]
    check: LogCheck | ModelCheck


def rules() -> Mapping[str, CheckRule]:
    """By id."""
    return _all(FOLDER)


def log_rules() -> dict[str, tuple[CheckRule, LogCheck]]:
    return {rule.id: (rule, rule.check) for rule in rules().values() if isinstance(rule.check, LogCheck)}


def model_rules() -> list[tuple[CheckRule, ModelCheck]]:
    return [(rule, rule.check) for rule in rules().values() if isinstance(rule.check, ModelCheck)]


def read_rule(text: str, name: str) -> CheckRule:
    """name: of the file, without its ending. Raises BadRule or BadModelRule."""
    given = yaml.safe_load(text)
    if not isinstance(given, Mapping) or MUST - given.keys() or given["id"] != name:
        raise BadRule(f"{name}: a rule has {sorted(MUST)}, and its id is its file's name")
    if ("log" in given) == ("model" in given):
        raise BadRule(f"{name}: over logs or over models")
    said = {key: value for key, value in given.items() if key not in HEAD}
    is_log = "log" in given
    processes, same = frozenset(given.get("processes", [])), frozenset(given.get("same", []))
    if not same <= TOGETHER or (is_log and not processes) or (same and not is_log):
        raise BadRule(f"{name}: processes {sorted(processes)}, same {sorted(same)}")
    return CheckRule(
        id=name,
        version=int(given["version"]),
        name=str(given["name"]),
        says=str(given["says"]),
        source=str(given["source"]),
        clause=str(given.get("clause", "")),
        severity=Severity(given["severity"]),
        processes=processes,
        same=same,
        check=read_log_check(given["log"], said) if is_log else read_model_check(given["model"], said),
    )


@lru_cache(maxsize=4)
def _all(folder: Path) -> Mapping[str, CheckRule]:
    files = sorted(folder.glob("*.yaml"))
    return {file.stem: read_rule(file.read_text("utf-8"), file.stem) for file in files}


def values_of(rule: CheckRule) -> dict[str, Any]:
    """What programs are told of a rule."""
    return {
        "id": rule.id,
        "version": rule.version,
        "name": rule.name,
        "says": rule.says,
        "source": rule.source,
        "clause": rule.clause,
        "severity": rule.severity.value,
    }
