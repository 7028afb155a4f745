"""Takes the ledger out of the house: the bundle that proves itself, and the event log of one instance."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO

import structlog
from sqlalchemy.orm import Session

from app import clock
from app.ledger import xes
from app.ledger.bundle import Manifest, write_bundle
from app.ledger.note import BadNote, Note
from app.queries.checkpoints import signing_keys
from app.services import event_log
from app.services.bundle_rows import contents
from app.services.house import House
from app.services.log_signer.client import Signer, SignerTrouble
from app.services.log_tree import log_of

log = structlog.get_logger()


def export_bundle(house: House, file: BinaryIO, instance_id: str | None = None) -> Manifest:
    """Write one instance, or everything, as it is stored: what docs/ledger.md calls the bundle.

    The signer seals the file; where it is away, the file says itself that nobody has signed it.
    """
    with house.database.reading() as session:
        attest = partial(_attested, session, house.settings.signer_address)
        return write_bundle(file, contents(session, instance_id, clock.now()), attest)


def _attested(session: Session, address: str, digest: str) -> str | None:
    """The signed seal; None where there is no signer, or it has a key that this log was not told of yet."""
    found = log_of(session.connection())
    if found is None or not found.vkey:
        return None
    try:
        written = Signer(address).attest_bundle(found.origin, digest)
        keys = signing_keys(session, found.vkey)
        return written if Note.read(written).is_signed_by(keys[-1]) else None
    except (SignerTrouble, BadNote) as error:
        log.warning("bundle not signed", reason=str(error))
        return None


def export_xes(house: House, file: BinaryIO, instance_id: str, extension_uri: str = xes.OWN_URI) -> None:
    """Write the steps of one instance for process mining. extension_uri: where the own extension's file can be had."""
    event_log.write_xes(house, file, event_log.Choice(instance_id=instance_id), extension_uri)
