"""The library of enterprises in two sizes, and how long it takes to take in a file of the larger one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app import clock
from app.db import table_of
from app.demo.enterprises import Invented, invent
from app.documents.enterprise_sheet_writing import export
from app.duties.enterprise_figures import FIGURES, decimal_of
from app.models.enterprise import Enterprise, EnterpriseYear, LibraryStay, Title
from app.queries import enterprise_ladder, enterprises
from app.queries.enterprise_sight import Scope
from app.queries.enterprises import Filters
from app.services import enterprise_imports
from app.services.enterprise_columns import CODE, FIELDS, columns
from app.services.house import House
from app.terms import Source
from bench.ground import Ground
from bench.measured import Ratio, Times, middle
from tests.factories import actor

SEED = 2024
TEXTS = ("exit_reason", "batch_key", "certificate", "ended_because")
DEFAULTS: dict[str, Any] = {"state": "active", "sources": {}, **dict.fromkeys(TEXTS, "")}
SCREENS: dict[str, Callable[[Session, Scope], object]] = {
    "list": lambda session, scope: enterprises.enterprises(session, scope, Filters()),
    "list, of a locality": lambda session, scope: enterprises.enterprises(session, scope, Filters(locality="gaoyou")),
    "list, champions": lambda session, scope: enterprises.enterprises(session, scope, Filters(level="single_champion")),
    "search, signs": lambda session, scope: enterprises.enterprises(session, scope, Filters(q="锐进")),
    "search, pinyin": lambda session, scope: enterprises.enterprises(session, scope, Filters(q="ruijin")),
    "search, code": lambda session, scope: enterprises.enterprises(session, scope, Filters(q="91321003MA00001")),
    "search, nothing": lambda session, scope: enterprises.enterprises(session, scope, Filters(q="龘")),
    "ladder": enterprise_ladder.ladder,
}


def library(ground: Ground) -> Iterator[Ratio]:
    """Each screen in the large library over the same in the small one."""
    small, large = ground.size.firms, ground.size.firms * 20
    fill(ground.house, invent_many(0, small))
    below = _all(ground)
    fill(ground.house, invent_many(small, large))
    above = _all(ground)
    for name in SCREENS:
        yield Ratio(
            f"enterprises_{_short(large)}_over_{_short(small)}: {name}", above[name], below[name], ground.size.repeats
        )


def taking_in(ground: Ground) -> Iterator[Ratio]:
    """A file of many rows over one of a twentieth: read and checked, then written in one transaction."""
    small, large = ground.size.firms, ground.size.firms * 20
    few = _import(ground.house, invent_many(0, small))
    many = _import(ground.house, invent_many(small, small + large))
    for name, above, below in (("checked", many[0], few[0]), ("written", many[1], few[1])):
        yield Ratio(f"enterprise_import_{_short(large)}_over_{_short(small)}: {name}", above, below, 1)


def invent_many(begin: int, end: int) -> list[Invented]:
    return list(invent(SEED, end))[begin:]


def fill(house: House, firms: Sequence[Invented]) -> None:
    """Without a session: twenty thousand firms are a hundred and twenty thousand rows."""
    rows = {
        Enterprise: [firm.enterprise for firm in firms],
        EnterpriseYear: [year for firm in firms for year in firm.years],
        Title: [title for firm in firms for title in firm.titles],
        LibraryStay: [firm.stay for firm in firms if firm.stay is not None],
    }
    with house.database.writing() as connection:
        for model, objects in rows.items():
            _insert(connection, model, objects)
    with house.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if house.database.is_sqlite else "VACUUM ANALYZE"))


def _insert(connection: Connection, model: Any, objects: Sequence[Any]) -> None:
    table = table_of(model)
    keys = [column.name for column in table.c if model is Enterprise or column.name != "id"]
    rows = [{key: _value(one, key) for key in keys} for one in objects]
    if rows:
        connection.execute(table.insert(), rows)


def _value(one: Any, key: str) -> Any:
    found = getattr(one, key)
    return DEFAULTS.get(key) if found is None else found


def _all(ground: Ground) -> dict[str, float]:
    scope = Scope(sees_all=True)
    found = {}
    for name, screen in SCREENS.items():
        times = Times()
        for _ in range(ground.size.repeats):
            with ground.house.database.reading() as session, times:
                screen(session, scope)
        found[name] = middle(times)
    return found


def _import(house: House, firms: Sequence[Invented]) -> tuple[float, float]:
    """Milliseconds of the check and of the writing."""
    content, office = _sheet(house, firms), actor(house, "office")
    import_id = enterprise_imports.upload(house, office, "企业.xlsx", content, Source.DEPARTMENT)
    times = Times()
    with times:
        enterprise_imports.work_off(house)
    enterprise_imports.confirm(house, office, import_id)
    with times:
        enterprise_imports.work_off(house)
    return times[0], times[1]


def _sheet(house: House, firms: Sequence[Invented]) -> bytes:
    with house.database.reading() as session:
        shown = columns(session, clock.today().year - 1, house.chains.choices)
    words = {column.key: {value: word for word, value in column.choices.items()} for column in shown if column.choices}
    return export(shown, (_row(number, firm, words) for number, firm in enumerate(firms)))


def _row(number: int, firm: Invented, words: dict[str, dict[Any, str]]) -> dict[str, Any]:
    newest = firm.years[-1]
    said: dict[str, Any] = {key: getattr(firm.enterprise, key) for key in (CODE, *FIELDS)}
    said |= {"name": f"{firm.enterprise.name}{number}", "year": newest.year}
    said |= {key: _figure(key, value) for key, value in newest.figures.items()}
    return {key: words[key].get(value, value) if key in words else value for key, value in said.items()}


def _figure(key: str, value: Any) -> Any:
    return value if FIGURES[key].words is not None else decimal_of(value)


def _short(number: int) -> str:
    return f"{number // 1000}k" if number % 1000 == 0 else str(number)
