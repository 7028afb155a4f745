"""Takes the ledger out of the house: the bundle that proves itself, and the event log of one instance."""

from __future__ import annotations

from typing import BinaryIO

from app import clock
from app.ledger import xes
from app.ledger.bundle import Manifest, write_bundle
from app.services import event_log
from app.services.bundle_rows import contents
from app.services.house import House


def export_bundle(house: House, file: BinaryIO, instance_id: str | None = None) -> Manifest:
    """Write one instance, or everything, as it is stored: what docs/ledger.md calls the bundle."""
    with house.database.reading() as session:
        return write_bundle(file, contents(session, instance_id, clock.now()))


def export_xes(house: House, file: BinaryIO, instance_id: str, extension_uri: str = xes.OWN_URI) -> None:
    """Write the steps of one instance for process mining. extension_uri: where the own extension's file can be had."""
    event_log.write_xes(house, file, event_log.Choice(instance_id=instance_id), extension_uri)
