"""The bar over a list of one's own matters: what it is filtered by, and the filters that were saved under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.duties.registry import DUTIES
from app.models.inbox_view import SavedFilter
from app.queries import inbox, list_views
from app.queries.inbox import Choices, Filters
from app.terms import Light
from app.views.clauses import clause_label

SORTS = ("due", "new")
PASSING = ("after", "shown", "all")  # in an address for once; `all` keeps the default filter away

PAGES = {
    list_views.INBOX: "inbox.page",
    list_views.HANDED_ON: "inbox.handed_on",
    list_views.DONE: "inbox.done",
    list_views.COPIES: "inbox.copies",
    list_views.STARTED: "inbox.started",
    list_views.EVENTS: "event_search.page",
}


@dataclass(frozen=True)
class Select:
    """One filter of the bar that has something to choose between."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Chip:
    """A saved filter. words: what it filters by."""

    name: str
    href: str
    is_current: bool
    is_default: bool


@dataclass(frozen=True)
class Bar:
    """named: the present filters in words, empty without any. clear_href leads to the whole list."""

    list_key: str
    endpoint: str
    filters: Filters
    selects: Sequence[Select]
    named: str
    chips: Sequence[Chip]
    clear_href: str
    query: str
    find: str
    saved_word: str

    @property
    def chip(self) -> Chip | None:
        return next((chip for chip in self.chips if chip.is_current), None)


def asked_filters() -> Filters:
    asked = {name: request.args.get(name, "").strip() for name in list_views.TERMS}
    light, sort = asked.pop("light"), asked.pop("sort")
    is_light = light in [group.value for group in inbox.GROUPS]
    return Filters(light=Light(light) if is_light else None, sort=sort if sort in SORTS else "due", **asked)


def here(**changes: Any) -> str:
    """This list with something changed in its address; None or "" takes it out."""
    kept = {name: text for name, text in request.args.items() if name not in PASSING}
    wanted = {name: value for name, value in {**kept, **changes}.items() if value not in (None, "")}
    return url_for(request.endpoint or "inbox.page", **wanted)


def default_address(saved: Sequence[SavedFilter]) -> str:
    """Where a list leads that was opened without a word of how; empty where it has no default."""
    default = next((one for one in saved if one.is_default), None)
    return "" if default is None or request.args else filter_href(default)


def filter_href(saved: SavedFilter) -> str:
    return list_href(saved.list_key, saved.terms)


def list_href(list_key: str, terms: Mapping[str, Any]) -> str:
    return url_for(PAGES[list_key], **terms)


def bar(list_key: str, filters: Filters, choices: Choices, saved: Sequence[SavedFilter]) -> Bar:
    endpoint = PAGES[list_key]
    has_default = any(one.is_default for one in saved)
    return Bar(
        list_key=list_key,
        endpoint=endpoint,
        filters=filters,
        selects=_selects(filters, choices),
        named=named(filters, dict(choices.units)),
        chips=chips(saved, terms_of(filters)),
        clear_href=url_for(endpoint, all=1 if has_default else None),
        query=request.query_string.decode(),
        saved_word=_("我的筛选"),
        find=_("标题") if list_key == list_views.STARTED else _("标题、环节、单位"),
    )


def chips(saved: Sequence[SavedFilter], present: Mapping[str, str]) -> list[Chip]:
    """present: what the list is filtered by now, as a saved filter would keep it."""
    return [Chip(one.name, filter_href(one), dict(one.terms) == dict(present), one.is_default) for one in saved]


def terms_of(filters: Filters) -> dict[str, str]:
    """As a saved filter keeps them."""
    texts = {name: str(value or "") for name, value in asdict(filters).items()}
    usual = {name: str(value or "") for name, value in asdict(Filters()).items()}
    return {name: text for name, text in texts.items() if text != usual[name]}


def named(filters: Filters, units: Mapping[str, str]) -> str:
    """逾期、市工信局: what a list is filtered by, in words."""
    words = [light_word(filters.light)] if filters.light else []
    words += [DUTIES[filters.duty].name if filters.duty in DUTIES else filters.duty] if filters.duty else []
    words += [clause_label(filters.clause)] if filters.clause else []
    words += [units.get(filters.unit, filters.unit)] if filters.unit else []
    words += [filters.step] if filters.step else []
    return "、".join([*words, *([f"“{filters.q}”"] if filters.q else [])])


def light_word(light: Light) -> str:
    return {Light.RED: _("逾期"), Light.YELLOW: _("临期"), Light.GREEN: _("正常")}[light]


def _selects(filters: Filters, choices: Choices) -> list[Select]:
    listed = [
        Select("duty", _("职责事项"), [(key, _duty_name(key)) for key in choices.duties], filters.duty),
        Select("clause", _("来源条款"), [(one, clause_label(one)) for one in choices.clauses], filters.clause),
        Select("unit", _("责任单位"), list(choices.units), filters.unit),
    ]
    return [_with_chosen(select) for select in listed if len(select.options) > 1 or select.chosen]


def _with_chosen(select: Select) -> Select:
    """What is filtered by stands among the options, even where no row of it is left."""
    if not select.chosen or select.chosen in dict(select.options):
        return select
    labels = {"duty": _duty_name, "clause": clause_label}
    label = labels[select.name](select.chosen) if select.name in labels else select.chosen
    return Select(select.name, select.label, [*select.options, (select.chosen, label)], select.chosen)


def _duty_name(key: str) -> str:
    return DUTIES[key].name if key in DUTIES else key
