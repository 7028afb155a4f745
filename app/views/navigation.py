"""The rail: which screens a person has, in which order, and which of them is hers to begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.access import may_open
from app.queries.actor import Actor
from app.terms import Role

MOST = 7  # the rail of DESIGN holds no more; what a person has beyond it stands in her own menu
IN_BAR = 4  # what of the rail stands in the bar of a phone; its other entries stand in the menu there

LIBRARY = ("enterprise_file", "enterprise_imports")


@dataclass(frozen=True)
class Entry:
    """key names the screen for its shortcut; endpoint is the screen's page, whose blueprint marks it as current.

    within: further blueprints that stand below this entry.
    """

    key: str
    label: Any
    icon: str
    endpoint: str
    on_phone: bool = True
    within: tuple[str, ...] = ()

    @property
    def screens(self) -> tuple[str, ...]:
        return (self.endpoint.partition(".")[0], *self.within)


# In the order of the rail. Everybody sees those that app/access.py opens to her.
RAIL: tuple[Entry, ...] = (
    Entry("portal", _l("企业首页"), "building-factory-2", "portal.page"),
    Entry("my_enterprises", _l("我的企业"), "building-factory-2", "my_enterprises.page"),
    Entry("inbox", _l("待办"), "inbox", "inbox.page"),
    Entry("board", _l("督办台账"), "layout-dashboard", "board.page"),
    Entry("cockpit", _l("驾驶舱"), "chart-bar", "cockpit.page", within=("analysis",)),
    Entry("orders", _l("督办单"), "flag", "orders.page", on_phone=False),
    Entry("campaigns", _l("报送批次"), "speakerphone", "campaigns.page", on_phone=False),
    Entry("enterprises", _l("企业"), "building-factory-2", "enterprises.page", within=LIBRARY),
    Entry("plan", _l("计划"), "target", "plan.page"),
    Entry("library", _l("培育库"), "stack", "library.page", on_phone=False),
    Entry("demands", _l("企业诉求"), "message-circle", "demands.page"),
    Entry("pairings", _l("服务专员"), "users", "pairings.page", on_phone=False),
    Entry("policies", _l("政策库"), "book", "policies.page", False, ("resources", "packages")),
    Entry("service_months", _l("服务月"), "calendar", "service_months.page", on_phone=False),
    Entry("practical_matters", _l("办实事"), "clipboard-check", "practical_matters.page", on_phone=False),
    Entry("task_ledger", _l("事项台账"), "table", "task_ledger.page", on_phone=False),
    Entry("calendar", _l("日历"), "calendar", "due_calendar.page", on_phone=False),
    Entry("what_if", _l("推演"), "timeline", "what_if.page", on_phone=False),
    Entry("assessments", _l("年度考核"), "award", "assessments.page", on_phone=False),
    Entry("bulletins", _l("通报"), "speakerphone", "bulletins.page", on_phone=False),
    Entry("histories", _l("流程历史"), "history", "histories.page", on_phone=False),
    Entry("event_search", _l("检索"), "search", "event_search.page", on_phone=False),
    Entry("accesses", _l("查阅记录"), "eye", "accesses.page", on_phone=False),
    Entry("rule_checks", _l("规则核查"), "clipboard-check", "rule_checks.page", on_phone=False),
    Entry("seal", _l("封存状态"), "shield-check", "seal.page", on_phone=False),
    Entry("incidents", _l("故障处理"), "alert-triangle", "incidents.page", on_phone=False),
    Entry("recognition", _l("认定批次"), "award", "recognition.page", on_phone=False),
    Entry("cases", _l("典型案例"), "file-text", "cases.page", on_phone=False),
    Entry("notices", _l("公示"), "speakerphone", "notices.page", on_phone=False),
    Entry("rule_sets", _l("认定标准"), "clipboard-check", "rule_sets.page", on_phone=False),
    Entry("light_rules", _l("灯色和提醒"), "bell", "light_rules.page", on_phone=False),
    Entry("definitions", _l("流程定义"), "sitemap", "definitions.page", on_phone=False),
    Entry("people", _l("人员"), "users", "people.page", on_phone=False),
    Entry("units", _l("单位"), "building-community", "units.page", on_phone=False),
    Entry("administration", _l("管理记录"), "history", "administration.page", on_phone=False),
    Entry("erasures", _l("依法删除"), "trash", "erasures.page", on_phone=False),
)

# The screen that a role lives in; it stands first in her rail. Of several roles the first in this order counts.
HOMES = {
    Role.ENTERPRISE: "portal.page",
    Role.SPECIALIST: "my_enterprises.page",
    Role.LEADER: "cockpit.page",
    Role.OFFICE: "board.page",
    Role.AUDITOR: "histories.page",
    Role.SYSTEM_ADMIN: "people.page",
    Role.SECURITY_ADMIN: "people.page",
    Role.AUDIT_ADMIN: "administration.page",
}

PROOF = ("event_search.page", "accesses.page", "rule_checks.page", "seal.page")

# What comes next in the rail of a role, before all else that is open to it.
NEXT = {
    Role.AUDITOR: PROOF,
    Role.AUDIT_ADMIN: PROOF,
}


def entries(actor: Actor | None, endpoint: str | None, badges: Mapping[str, int]) -> list[dict[str, Any]]:
    """The rail of base.html. endpoint: where the person is. badges: by key, how much waits there."""
    current, shown = (endpoint or "").partition(".")[0], _in_rail(actor, badges)
    in_bar = _in_bar(shown)
    return [
        {
            "key": entry.key,
            "label": str(entry.label),
            "icon": entry.icon,
            "href": url_for(entry.endpoint),
            "badge": _badge(badges.get(entry.key, 0)),
            "is_current": current in entry.screens,
            "on_phone": entry.key in in_bar,
        }
        for entry in shown
    ]


def further(actor: Actor | None, badges: Mapping[str, int]) -> list[dict[str, Any]]:
    """What the rail has no room for, for the menu under the person's name."""
    in_rail = _in_rail(actor, badges)
    return [
        {"label": str(entry.label), "icon": entry.icon, "href": url_for(entry.endpoint)}
        for entry in _open_to(actor)
        if entry not in in_rail
    ]


def _in_rail(actor: Actor | None, badges: Mapping[str, int]) -> list[Entry]:
    """The first ones; where something waits behind a further one, that takes the last places."""
    shown = _open_to(actor)
    waiting = [entry for entry in shown[MOST:] if badges.get(entry.key)]
    return [*shown[: MOST - len(waiting)], *waiting] if waiting else shown[:MOST]


def _in_bar(shown: Sequence[Entry]) -> set[str]:
    """A person's own screen, and those that are at home on a phone."""
    wanted = [entry.key for place, entry in enumerate(shown) if entry.on_phone or place == 0]
    return set(wanted[:IN_BAR])


def _badge(count: int) -> str | None:
    if not count:
        return None
    return str(count) if count < 100 else "99+"


def first_screen(actor: Actor) -> str:
    """Address of the screen that the person lives in."""
    return url_for(next((entry.endpoint for entry in _open_to(actor)), "settings.page"))


def _open_to(actor: Actor | None) -> list[Entry]:
    if actor is None:
        return []
    home = next((endpoint for role, endpoint in HOMES.items() if role in actor.roles), None)
    first = [home, *(endpoint for role, following in NEXT.items() if role in actor.roles for endpoint in following)]
    shown = [entry for entry in RAIL if may_open(entry.endpoint, actor)]
    return sorted(shown, key=lambda entry: first.index(entry.endpoint) if entry.endpoint in first else len(first))
