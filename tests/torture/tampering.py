"""A sealed log as rows that may be edited, and the edits: clumsy ones, and those of somebody who can hash and re-sign.

Whoever edits has the whole database in his hands. What he has not: the signer's key, and the checkpoint held outside.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from app.ledger.chain import GENESIS, Event, commitment, event_hash
from app.ledger.hashing import DIGESTS, SHA256_NAME
from app.ledger.merkle import Tree, tree_of
from app.ledger.note import ED25519, Checkpoint, SecretKey, signed
from app.services.log_tree import WIDTH
from tests import sealing

Row = dict[str, Any]
Tables = dict[str, list[Row]]

LEDGER = ("event", "event_payload", "stream_head", "ledger_log", "ledger_leaf", "ledger_node", "ledger_checkpoint",
          "ledger_rotation", "ledger_witness", "ledger_holding")  # fmt: skip
BESIDE = ("process_instance", "user_task", "inbox_entry", "timer", "subscription", "command", "outbox", "incident",
          "process_definition", "erasure")  # fmt: skip
EVENT_FIELDS = ("stream", "seq", "type", "actor", "on_behalf_of", "at", "at_raw", "command_key", "definition_hash",
                "payload_commitment", "prev", "alg")  # fmt: skip


class Impossible(Exception):
    """There is nothing that this edit could change here."""


@dataclass(frozen=True)
class Edit:
    """tables: as they are afterwards, only those that differ. what: for the figures, and where it was missed."""

    what: str
    table: str
    columns: tuple[str, ...]
    tables: Tables
    touches: frozenset[tuple[str, int]] = frozenset()  # events, where the edit is of these


class Store:
    """The SQLite file, past all that the product would check."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.row_factory = sqlite3.Row
        self.honest: Tables = {name: self._read(name) for name in (*LEDGER, *BESIDE)}

    def _read(self, table: str) -> list[Row]:
        return [dict(row) for row in self.connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')]

    def put(self, tables: Mapping[str, Sequence[Row]]) -> None:
        """Raises sqlite3.IntegrityError where a table itself does not bear it; nothing is written then."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for name, rows in tables.items():
                self.connection.execute(f'DELETE FROM "{name}"')
                for row in rows:
                    names = ", ".join(f'"{column}"' for column in row)
                    places = ", ".join("?" * len(row))
                    self.connection.execute(f'INSERT INTO "{name}" ({names}) VALUES ({places})', list(row.values()))
        except sqlite3.Error:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def restore(self, names: Iterable[str]) -> None:
        self.put({name: self.honest[name] for name in names})

    def close(self) -> None:
        self.connection.close()


# --- clumsy edits -------------------------------------------------------------------------------------------------


def changed_column(chance: Random, honest: Tables, table: str) -> Edit:
    rows, place = _copy(honest, table), _place(chance, honest, table)
    column = chance.choice(list(rows[place]))
    rows[place][column] = _other(chance, rows[place][column])
    return _edit("change", table, (column,), rows, [honest[table][place], rows[place]])


def deleted(chance: Random, honest: Tables, table: str) -> Edit:
    rows, place = _copy(honest, table), _place(chance, honest, table)
    gone = rows.pop(place)
    return _edit("delete", table, ("-",), rows, [gone])


def inserted(chance: Random, honest: Tables, table: str) -> Edit:
    """A copy of a row with one value changed, and another where the table asks for a new key."""
    rows, place = _copy(honest, table), _place(chance, honest, table)
    new = {**rows[place]}
    for column in chance.sample(list(new), min(2, len(new))):
        new[column] = _other(chance, new[column])
    rows.append(new)
    return _edit("insert", table, ("+",), rows, [new])


def swapped(chance: Random, honest: Tables, table: str) -> Edit:
    """Two rows exchange a value."""
    rows = _copy(honest, table)
    if len(rows) < 2:
        raise Impossible
    first, second = chance.sample(range(len(rows)), 2)
    column = chance.choice(list(rows[first]))
    if rows[first][column] == rows[second][column]:
        raise Impossible
    rows[first][column], rows[second][column] = rows[second][column], rows[first][column]
    return _edit("swap", table, (column,), rows, [honest[table][first], honest[table][second]])


CLUMSY: tuple[Callable[[Random, Tables, str], Edit], ...] = (changed_column, changed_column, deleted, inserted, swapped)


def _edit(what: str, table: str, columns: tuple[str, ...], rows: list[Row], which: Sequence[Row]) -> Edit:
    places = frozenset((row["stream"], row["seq"]) for row in which if table in ("event", "event_payload"))
    return Edit(what, table, columns, {table: rows}, places)


def _copy(honest: Tables, table: str) -> list[Row]:
    return [dict(row) for row in honest[table]]


def _place(chance: Random, honest: Tables, table: str) -> int:
    if not honest[table]:
        raise Impossible
    return chance.randrange(len(honest[table]))


def _other(chance: Random, value: Any) -> Any:
    """Something else of the same kind, which the column could hold."""
    if isinstance(value, bool) or value is None:
        return chance.choice([1, "x", "office"]) if value is None else not value
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 2, 1000])
    if isinstance(value, bytes):
        at = chance.randrange(len(value) or 1)
        return value[:at] + bytes([(value[at] if value else 0) ^ chance.randrange(1, 256)]) + value[at + 1 :]
    return _other_text(chance, str(value))


def _other_text(chance: Random, value: str) -> str:
    if value[:4].isdigit() and value[4:5] == "-":  # a day, an instant
        return f"{int(value[:4]) + chance.choice([-1, 1])}{value[4:]}"
    if not value:
        return "x"
    at = chance.randrange(len(value))
    new = "a" if value[at].isalpha() and value[at] != "a" else "7" if value[at] != "7" else "8"
    return value[:at] + new + value[at + 1 :]


# --- clever edits -------------------------------------------------------------------------------------------------


def rewritten(chance: Random, honest: Tables, *, young_from: int, how: str, is_young: bool) -> Edit:
    """One event says something else, and every hash after it is made to fit: its chain, the head, the leaves.

    So is the tree.

    how: keep the checkpoints that were signed, forget them, or sign them anew with a key of one's own.
    is_young: an event that the held checkpoint does not cover.
    """
    tables = {name: _copy(honest, name) for name in (*LEDGER, "process_instance")}
    indexes = {(row["stream"], row["seq"]): row["index"] for row in tables["ledger_leaf"]}
    may = [row for row in tables["event"] if (indexes.get(_at(row), young_from) >= young_from) is is_young]
    if not may:
        raise Impossible
    event = chance.choice(may)
    _say_otherwise(chance, event, tables["event_payload"])
    _hash_anew(tables, event["stream"])
    _tree_anew(tables)
    _sign_anew(tables, how)
    names = ("event", "event_payload", "stream_head", "process_instance", "ledger_log", "ledger_leaf",
             "ledger_node", "ledger_checkpoint", "ledger_rotation", "ledger_holding")  # fmt: skip
    changed = {name: tables[name] for name in names}
    return Edit(f"rewrite, {how} checkpoints", "event", ("*",), changed, frozenset({_at(event)}))


def cut_off(chance: Random, honest: Tables, *, young_from: int, how: str) -> Edit:
    """The newest events of the administration are gone, with their leaves, and everything is made to fit."""
    tables = {name: _copy(honest, name) for name in LEDGER}
    indexes = {(row["stream"], row["seq"]): row["index"] for row in tables["ledger_leaf"]}
    own = sorted((row for row in tables["event"] if row["stream"] == "administration"), key=lambda row: row["seq"])
    gone = {_at(row) for row in own[-chance.randint(1, len(own)) :]}
    if not any(indexes.get(place, young_from) < young_from for place in gone):
        raise Impossible
    for name in ("event", "event_payload", "ledger_leaf"):
        tables[name] = [row for row in tables[name] if _at(row) not in gone]
    left = [row for row in own if _at(row) not in gone]
    tables["stream_head"] = [row for row in tables["stream_head"] if row["stream"] != "administration"]
    if left:
        tables["stream_head"].append({"stream": "administration", "seq": left[-1]["seq"], "hash": left[-1]["hash"]})
    for index, row in enumerate(sorted(tables["ledger_leaf"], key=lambda row: row["index"])):
        row["index"] = index
    tables["ledger_log"][0]["size"] = len(tables["ledger_leaf"])
    _tree_anew(tables)
    _sign_anew(tables, how)
    return Edit(f"cut off, {how} checkpoints", "event", ("*",), tables, frozenset(gone))


def _at(row: Row) -> tuple[str, int]:
    return row["stream"], row["seq"]


def _say_otherwise(chance: Random, event: Row, payloads: list[Row]) -> None:
    """Who did it, or what was said; both are words that no table repeats."""
    payload = next((row for row in payloads if _at(row) == _at(event)), None)
    if payload is None or payload["body"] is None or chance.random() < 0.5:
        event["on_behalf_of"] = "leader"
        return
    told = {**json.loads(payload["body"]), "note": f"另一种说法{chance.random()}"}
    payload["body"] = json.dumps(told, ensure_ascii=False)
    event["payload_commitment"] = commitment(payload["body"].encode(), payload["salt"], event["alg"])


def _hash_anew(tables: Tables, stream: str) -> None:
    prev, leaves = GENESIS, {_at(leaf): leaf for leaf in tables["ledger_leaf"]}
    for row in sorted((row for row in tables["event"] if row["stream"] == stream), key=lambda row: row["seq"]):
        row["prev"] = prev
        fields = {name: row[name] for name in EVENT_FIELDS}
        prev = row["hash"] = event_hash(Event(**fields, attachments=tuple(json.loads(row["attachments"]))))
        if _at(row) in leaves:
            leaves[_at(row)]["hash"] = prev
    for owner, name, hash_ in (("stream_head", "stream", "hash"), ("process_instance", "id", "head_hash")):
        for row in tables[owner]:
            if row[name] == stream:
                row[hash_] = prev


def _tree_anew(tables: Tables) -> None:
    """The full subtrees that are stored; of 65,536 leaves there are none here."""
    entries = _entries(tables)
    tables["ledger_node"] = [
        {"level": 1, "number": first // WIDTH, "hash": over(entries[first : first + WIDTH]).root(WIDTH).hex()}
        for first in range(0, len(entries) - WIDTH + 1, WIDTH)
    ]


def _entries(tables: Tables) -> list[bytes]:
    return [bytes.fromhex(row["hash"]) for row in sorted(tables["ledger_leaf"], key=lambda row: row["index"])]


def over(entries: Sequence[bytes]) -> Tree:
    return tree_of(DIGESTS[SHA256_NAME], entries)


def _sign_anew(tables: Tables, how: str) -> None:
    if how == "keep":
        return
    tables["ledger_holding"] = []
    if how == "forget":
        tables["ledger_checkpoint"] = []
        return
    log = tables["ledger_log"][0]
    key = SecretKey(log["origin"], ED25519, sealing.OTHER_SEED)
    entries = _entries(tables)
    tree = over(entries)
    log["vkey"] = key.verifier.written
    tables["ledger_rotation"] = []
    kept = []
    for row in tables["ledger_checkpoint"]:
        if row["size"] <= len(entries):
            root = tree.root(row["size"])
            note = signed(Checkpoint(log["origin"], row["size"], root).text, key).written
            kept.append({**row, "root": root.hex(), "note": note})
    tables["ledger_checkpoint"] = kept
