"""The log over all streams: which place each event has, the tree above, and who has signed it (docs/ledger.md)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant
from app.models.event import EventRow, same_place


class LedgerLog(Base):
    """The one log of this office; a single row, and whoever adds leaves has locked it.

    origin: as checkpoints name it; size: leaves. vkey: verifier key of the first signer, once one has signed.
    """

    __tablename__ = "ledger_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    vkey: Mapped[str] = mapped_column(String(200), default="")


class LedgerLeaf(Base):
    """The place of one event in the log. index: 0, 1, 2 …; hash: the event's, as it was when it got its place."""

    __tablename__ = "ledger_leaf"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stream: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class LedgerNode(Base):
    """Root of the full subtree of 256**level leaves that begins at leaf number * 256**level. level: 1, 2, 3."""

    __tablename__ = "ledger_node"

    level: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))


class LedgerCheckpoint(Base):
    """A checkpoint that was signed. root: hex; note: the whole signed note; at: the application's clock."""

    __tablename__ = "ledger_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class LedgerRotation(Base):
    """A new key of the signer, introduced by the old one. note: signed by both."""

    __tablename__ = "ledger_rotation"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class LedgerWitness(Base):
    """Somebody outside whose cosignatures are taken. vkey: the verifier key; added_by: a login.

    retired_at: since when no more are taken, and those there are count no longer as held outside; they stay to be
    verified.
    """

    __tablename__ = "ledger_witness"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    vkey: Mapped[str] = mapped_column(String(200))
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class LedgerHolding(Base):
    """A checkpoint that lies outside. holder: a witness's name, `file` or `mail`; line: the cosignature, or "".

    at: when we were told, by the system's clock: how long the office could have rewritten its log unseen is a
    question of real time.
    """

    __tablename__ = "ledger_holding"
    __table_args__ = (Index("ix_ledger_holding_holder", "holder", "size"),)

    size: Mapped[int] = mapped_column(ForeignKey("ledger_checkpoint.size"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80), primary_key=True)
    line: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Instant)


LEAF_OF_EVENT = same_place(LedgerLeaf, EventRow)
