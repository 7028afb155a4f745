"""What an act of the administration has changed, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.queries.administration_events import SUBJECTS
from app.terms import Nature, Role, Source, Word

WORDS = {  # what the other keys of a payload are called
    "address": _l("地址"),
    "as_of": _l("截至"),
    "changed": _l("变更家数"),
    "count": _l("处数"),
    "deployment": _l("上传编号"),
    "enterprises": _l("企业家数"),
    "filters": _l("筛选"),
    "from_on": _l("从"),
    "hash": _l("校验值"),
    "hashes": _l("校验值"),
    "is_locked": _l("是否锁定"),
    "name": _l("名称"),
    "nature": _l("性质"),
    "note": _l("说明"),
    "new": _l("新增家数"),
    "number": _l("编号"),
    "proposed_by": _l("提交人"),
    "remark": _l("说明"),
    "seconds": _l("相差秒数"),
    "short_name": _l("简称"),
    "source": _l("数据来源"),
    "source_sha256": _l("原文校验值"),
    "successor": _l("承接单位"),
    "token_id": _l("编号"),
    "unit": _l("单位"),
    "until_on": _l("到"),
    "value": _l("数值"),
    "version": _l("版本"),
    "year": _l("年度"),
}
CODES: Mapping[str, type[Word]] = {"nature": Nature, "source": Source}  # words of a closed list
DECIMAL = re.compile(r"(-?\d+(?:\.\d*[1-9])?)\.?0*")  # 96.000000, as a table of the database keeps 96
HASHES = frozenset({"hash", "source_sha256"})  # long, and compared by machines only


def told_texts(told: Mapping[str, Any]) -> tuple[str, str]:
    """Before and after, as short texts; where nothing stood before, all that is told beside the subject."""
    rest = {key: value for key, value in told.items() if key not in ("act", "before", "after", *SUBJECTS)}
    return text_of(told.get("before")), text_of(told["after"]) if "after" in told else text_of(rest)


def text_of(value: Any) -> str:
    """A small JSON value in one line."""
    match value:
        case None:
            return ""
        case bool():
            return _("是") if value else _("否")
        case Mapping():
            return "，".join(f"{WORDS.get(key, key)} {_part(key, part)}" for key, part in value.items())
        case list():
            return "、".join(text_of(part) for part in value)
        case str():
            return DECIMAL.sub(r"\1", value) if DECIMAL.fullmatch(value) else _role(value)
        case _:
            return str(value)


def _part(key: str, value: Any) -> str:
    if key in HASHES:
        return f"{value[:12]}…"
    if key in CODES and value in set(CODES[key]):
        return _(CODES[key](value).label)
    if key == "hashes":  # of several files, by name
        return "、".join(f"{name} {own[:12]}…" for name, own in value.items())
    return text_of(value)


def _role(text: str) -> str:
    """`contact:miit` as 联络员（miit）; any other text as it is."""
    word, _colon, unit = text.partition(":")
    if word not in {role.value for role in Role}:
        return text
    return f"{Role(word).label}（{unit}）" if unit else Role(word).label
