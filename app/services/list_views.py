"""What a person sets up for her own lists: filters under a name, and columns. Nobody else's business, so no event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotPermitted, RuleViolation
from app.models.inbox_view import ListColumns, SavedFilter
from app.queries.actor import Actor
from app.queries.list_views import ALWAYS, COLUMNS, LISTS, TERMS_OF, USUAL, saved_filter, saved_filters

LONGEST_NAME = 20
LONGEST_TERM = 80
MOST_FILTERS = 20  # of one list; more than that is no help to anybody


def save_filter(
    session: Session, actor: Actor, list_key: str, name: str, terms: Mapping[str, str], *, is_default: bool = False
) -> SavedFilter:
    """Keep a filter under a name; the one of that name is replaced. Raises RuleViolation."""
    person_id, name = _person(actor), _checked_name(name)
    kept_terms = _checked_terms(list_key, terms)
    own = saved_filters(session, actor, list_key)
    kept = next((one for one in own if one.name == name), None)
    if kept is None:
        if len(own) >= MOST_FILTERS:
            raise RuleViolation("name", f"每个列表最多保存 {MOST_FILTERS} 个筛选，请先删除不用的。")
        kept = SavedFilter(person_id=person_id, list_key=list_key, name=name)
        session.add(kept)
    kept.terms, kept.changed_at = kept_terms, clock.now()
    kept.is_default = bool(kept.is_default) or is_default
    _flush(session)
    if is_default:
        _only_default(session, kept)
    return kept


def change_filter(
    session: Session,
    actor: Actor,
    filter_id: int,
    *,
    name: str | None = None,
    terms: Mapping[str, str] | None = None,
    is_default: bool | None = None,
) -> SavedFilter:
    """Another name, other terms, or whether the list opens with it; None leaves as it is. Raises NotFound."""
    kept = saved_filter(session, actor, filter_id)
    if name is not None:
        kept.name = _checked_name(name)
    if terms is not None:
        kept.terms = _checked_terms(kept.list_key, terms)
    if is_default is not None:
        kept.is_default = is_default
    kept.changed_at = clock.now()
    _flush(session)
    if is_default:
        _only_default(session, kept)
    return kept


def remove_filter(session: Session, actor: Actor, filter_id: int) -> SavedFilter:
    """Raises NotFound."""
    kept = saved_filter(session, actor, filter_id)
    session.delete(kept)
    return kept


def set_columns(session: Session, actor: Actor, list_key: str, columns: Sequence[str]) -> None:
    """The columns from the left; as they come for everybody, nothing is kept. Raises RuleViolation."""
    person_id = _person(actor)
    wanted = list(dict.fromkeys(columns))
    if list_key not in LISTS or not set(wanted) <= set(COLUMNS[list_key]):
        raise RuleViolation("columns", "没有这一列。")
    if ALWAYS not in wanted:
        wanted.append(ALWAYS)
    kept = session.get(ListColumns, (person_id, list_key))
    if kept is None:
        kept = ListColumns(person_id=person_id, list_key=list_key)
        session.add(kept)
    kept.columns = wanted
    if tuple(wanted) == tuple(USUAL[list_key]):
        session.flush()
        session.delete(kept)


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotPermitted
    return actor.person_id


def _checked_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= LONGEST_NAME:
        raise RuleViolation("name", f"请填写筛选名称，1 至 {LONGEST_NAME} 字。")
    return tidy


def _checked_terms(list_key: str, terms: Mapping[str, str]) -> dict[str, str]:
    if list_key not in TERMS_OF:
        raise RuleViolation("list", "没有这个列表。")
    unknown = set(terms) - set(TERMS_OF[list_key])
    if unknown or any(len(text) > LONGEST_TERM for text in terms.values()):
        raise RuleViolation("terms", "筛选条件无法识别，请重新选择后保存。")
    kept = {name: terms[name] for name in TERMS_OF[list_key] if terms.get(name)}
    if not kept:
        raise RuleViolation("terms", "请先选择筛选条件，再保存。")
    return kept


def _only_default(session: Session, kept: SavedFilter) -> None:
    others = (SavedFilter.person_id == kept.person_id, SavedFilter.list_key == kept.list_key, SavedFilter.id != kept.id)
    session.execute(update(SavedFilter).where(*others).values(is_default=False))


def _flush(session: Session) -> None:
    """Two windows of one person may save the same name at one moment."""
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleViolation("name", "已有同名的筛选，请换一个名称。") from error
