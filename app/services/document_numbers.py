"""发文字号: a serial per kind and year without gaps, given in the transaction that signs the paper."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.db import table_of
from app.models.annual_target import DocumentNumber

NUMBER = table_of(DocumentNumber)

FORMAL = "发"  # an agency code is that of its formal papers: 扬促中小办发


def next_numbers(connection: Connection, agency_code: str, kind: str, year: int, count: int = 1) -> list[str]:
    """The next numbers of the kind, such as 扬促中小办责〔2023〕4号; taken for good when the transaction commits."""
    last = _taken(connection, kind, year, count) - count
    prefix = agency_code.removesuffix(FORMAL) + kind
    return [f"{prefix}〔{year}〕{last + position}号" for position in range(1, count + 1)]


def give_number(connection: Connection, agency_code: str, kind: str, year: int) -> str:
    """The next number of the kind."""
    return next_numbers(connection, agency_code, kind, year)[0]


def next_serial(connection: Connection, kind: str, year: int) -> int:
    """The next running number of the kind, where it is no number of a paper; taken for good with the commit."""
    return _taken(connection, kind, year, 1)


def _taken(connection: Connection, kind: str, year: int, count: int) -> int:
    """The last serial after so many more were taken; the row stays locked until the transaction ends."""
    where = (NUMBER.c.kind == kind, NUMBER.c.year == year)
    serial: int | None = connection.execute(select(NUMBER.c.serial).where(*where).with_for_update()).scalar()
    if serial is None:
        connection.execute(NUMBER.insert(), [{"kind": kind, "year": year, "serial": count}])
        return count
    connection.execute(NUMBER.update().where(*where).values(serial=serial + count))
    return serial + count
