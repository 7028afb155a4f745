"""A signer for a house, in a thread of the test, with its directory beside the house's files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from app.services.house import House
from app.services.log_signer.client import Signer
from app.services.log_signer.server import listening
from config import SignerSettings


@contextmanager
def signing(house: House) -> Iterator[Signer]:
    with answering(SignerSettings(house.settings.instance / "signer", house.settings.signer_address)) as signer:
        yield signer


@contextmanager
def answering(settings: SignerSettings) -> Iterator[Signer]:
    """At this address for as long as the block lasts."""
    with listening(settings) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Signer(settings.address)
        finally:
            server.shutdown()
            thread.join()
