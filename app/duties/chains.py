"""The chains of the place's industry, as its office lists them in policies/chains.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

OTHER = "其他"


@dataclass(frozen=True)
class Chains:
    """system: the name of the whole, such as “323+1”先进制造业集群."""

    system: str
    names: tuple[str, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """What a form offers."""
        return (*self.names, OTHER)


def read_chains(text: str) -> Chains:
    """Raises ValueError for a file that lists no chain, or one twice."""
    content: dict[str, Any] = yaml.safe_load(text)
    names = tuple(str(name).strip() for name in content.get("chains", ()))
    if not names or len(set(names)) < len(names) or OTHER in names:
        raise ValueError("chains.yaml: 请列出产业链，每条一次，不含“其他”")
    return Chains(str(content["system"]), names)
