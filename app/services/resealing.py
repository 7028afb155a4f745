"""The chain of one stream sealed again from what a repetition says: bytes, commitment and hash of each event."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.ledger.chain import GENESIS, Sealed, commitment, event_hash


@dataclass
class Resealing:
    """As far as the stream was sealed again. head: the hash of its last event; equal: how many events that are."""

    head: str = GENESIS
    equal: int = 0

    def follow(self, stored: Sealed, body: bytes | None) -> bool:
        """Whether the event, saying this, comes to the hash it has. body: None where it is erased; it stays sealed."""
        try:
            event = stored.event
            if body is not None:
                sealed = commitment(body, stored.salt or b"", event.alg)
                event = replace(event, payload_commitment=sealed)
            again = event_hash(replace(event, prev=self.head))
        except (ValueError, TypeError):  # a field of a kind that was never sealed
            return False
        if body != stored.payload or again != stored.hash:
            return False
        self.head, self.equal = again, self.equal + 1
        return True
