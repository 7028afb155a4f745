"""Whose cosignatures this office takes, and the taking of one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app import clock
from app.db import insert_if_new, table_of
from app.errors import NotFound, RuleViolation
from app.ledger.note import COSIGNATURE, BadNote, Note, Signature, VerifierKey, read_signature
from app.models.ledger import LedgerCheckpoint, LedgerHolding, LedgerWitness
from app.queries.actor import Actor
from app.queries.checkpoints import FILE, MAIL
from app.services.administration import record, require
from app.terms import Act, Role

HOLDING = table_of(LedgerHolding)
LONGEST_NAME, LONGEST_KEY = 80, 200


def add(session: Session, actor: Actor, name: str, vkey: str) -> LedgerWitness:
    """Take cosignatures of this witness from now on. Raises RuleViolation by field, NotPermitted."""
    require(actor, Role.AUDIT_ADMIN)
    name, vkey = name.strip(), vkey.strip()
    key = _key(vkey)
    if not 0 < len(name) <= LONGEST_NAME or name in (FILE, MAIL) or key.name != name:
        raise RuleViolation("name", "名称应与公钥开头的名称一致，不能是 file 或 mail。")
    known = session.get(LedgerWitness, name)
    if known is not None and known.vkey != vkey:
        raise RuleViolation("name", "已登记同名的见证方，公钥不同。更换公钥的，请另取名称。")
    if known is not None and known.retired_at is not None:
        raise RuleViolation("name", "这个见证方已停用，不能重新登记，请另取名称和公钥。")
    if known is not None:
        return known
    made = LedgerWitness(name=name, vkey=vkey, added_by=actor.login, added_at=clock.now())
    session.add(made)
    record(session, actor.login, Act.WITNESS_ADDED, name=name, vkey=vkey)
    return made


def retire(session: Session, actor: Actor, name: str, reason: str) -> LedgerWitness:
    """Take no more cosignatures of this witness, and count on none that it gave. Twice is once.

    Raises NotPermitted, NotFound, RuleViolation by field.
    """
    require(actor, Role.AUDIT_ADMIN)
    found = session.get(LedgerWitness, name.strip())
    if found is None:
        raise NotFound("没有登记这个见证方。")
    if not reason.strip():
        raise RuleViolation("reason", "请说明停用的原因。")
    if found.retired_at is None:
        found.retired_at = clock.now()
        record(session, actor.login, Act.WITNESS_RETIRED, name=found.name, vkey=found.vkey, reason=reason.strip())
    return found


def take(session: Session, size: int, line: str) -> LedgerHolding:
    """Note that a witness has co-signed the checkpoint of this size; the same again changes nothing.

    Raises RuleViolation by field where nobody we know has signed this.
    """
    signature = _signature(line)
    witness, checkpoint = session.get(LedgerWitness, signature.name), session.get(LedgerCheckpoint, size)
    if witness is None:
        raise RuleViolation("line", "没有登记这个见证方，请先由审计管理员登记。")
    if witness.retired_at is not None:
        raise RuleViolation("line", "这个见证方已停用，不再收取其签名。")
    if checkpoint is None:
        raise RuleViolation("size", "没有这个检查点。")
    if not VerifierKey.read(witness.vkey).made(signature, Note.read(checkpoint.note).text):
        raise RuleViolation("line", "签名与检查点不符。")
    hold(session, size, witness.name, signature.line.rstrip("\n"))
    return session.get_one(LedgerHolding, (size, witness.name))


def hold(session: Session, size: int, holder: str, line: str = "") -> None:
    """The checkpoint lies with this holder too; who has it already keeps the first word. line: without its end."""
    row = {"size": size, "holder": holder, "line": line, "at": clock.system_now()}
    connection = session.connection()
    connection.execute(insert_if_new(connection.dialect.name, HOLDING), row)


def _key(vkey: str) -> VerifierKey:
    try:
        key = VerifierKey.read(vkey)
    except BadNote as error:
        raise RuleViolation("vkey", "不是见证方公钥。请复制见证方启动时显示的整行内容。") from error
    if key.use != COSIGNATURE or len(vkey) > LONGEST_KEY:
        raise RuleViolation("vkey", "这是签名公钥，不是见证方公钥。")
    return key


def _signature(line: str) -> Signature:
    try:
        return read_signature(line if line.endswith("\n") else f"{line}\n")
    except BadNote as error:
        raise RuleViolation("line", "不是一行完整的见证签名。") from error
