"""What an address narrows the library to, and the choices and chips that the list shows for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.duties.size_rule import SIZE_ROWS
from app.errors import BadRequest
from app.queries.enterprises import NONE, Filters, Library
from app.terms import EnterpriseState, TitleLevel

LONGEST = 60
LIBRARY = ("", "in", "out")
SORTS = ("name", "changed")
YEARS = range(2000, 2100)


def filters(asked: MultiDict[str, str]) -> Filters:
    """Raises BadRequest for a word that is none."""
    found = Filters(
        q=asked.get("q", "").replace("\0", "").strip()[:LONGEST],
        locality=asked.get("locality", ""),
        level=asked.get("level", ""),
        chain=asked.get("chain", ""),
        industry=asked.get("industry", ""),
        state=asked.get("state", ""),
        library=cast(Library, asked.get("library", "")),
        entered=_year(asked.get("entered", "")),
        shared=asked.get("shared") == "1",
        sort=asked.get("sort", "name"),
    )
    if found.level not in ("", NONE, *TitleLevel) or found.library not in LIBRARY or found.sort not in SORTS:
        raise BadRequest
    if "\0" in f"{found.locality}{found.chain}{found.industry}{found.state}":
        raise BadRequest
    return found


def _year(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) not in YEARS:
        raise BadRequest
    return int(text)


def asked_of(wanted: Filters) -> dict[str, Any]:
    """The address's own words for the filters, without those that narrow nothing."""
    kept = {name: value for name, value in asdict(wanted).items() if value}
    if kept.get("sort") == "name":
        del kept["sort"]
    return kept | ({"shared": "1"} if wanted.shared else {})


def levels() -> Mapping[str, str]:
    return {**{level.value: level.label for level in reversed(TitleLevel)}, NONE: _("未获称号")}


def libraries() -> Mapping[str, str]:
    return {"in": _("在千企升级库"), "out": _("不在千企升级库")}


def selects(localities: Mapping[str, str], chains: Sequence[str], entered: Sequence[int]) -> list[dict[str, Any]]:
    """The drop-down lists of the page: name in the address, label, and what there is to choose."""
    named: list[tuple[str, str, Mapping[Any, str]]] = [
        ("locality", _("属地"), localities),
        ("level", _("称号"), levels()),
        ("chain", _("产业链"), {chain: chain for chain in chains}),
        ("industry", _("行业"), {row.key: row.label for row in SIZE_ROWS.values()}),
        ("state", _("经营状态"), {state.value: state.label for state in EnterpriseState}),
        ("library", _("千企升级库"), libraries()),
        ("entered", _("入库年度"), {year: _("%(year)s年", year=year) for year in entered}),
    ]
    return [{"name": name, "label": label, "choices": choices} for name, label, choices in named]


def chips(wanted: Filters, shown: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What narrows the list, in words, each with the address without it. shown: as selects gives them."""
    given = asked_of(wanted)
    words = {each["name"]: each["choices"].get(given[each["name"]]) for each in shown if each["name"] in given}
    if wanted.q:
        words["q"] = _("查找：%(text)s", text=wanted.q)
    if wanted.shared:
        words["shared"] = _("部门共享名单")
    return [{"word": word or str(given[name]), "href": _without(given, name)} for name, word in words.items()]


def _without(given: Mapping[str, Any], name: str) -> str:
    kept: dict[str, Any] = {key: value for key, value in given.items() if key != name}
    return url_for("enterprises.page", **kept)
