"""No test reaches another machine: an attempt is refused, and fails the test even if the refusal was swallowed."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

LOCAL_NAMES = {"", "localhost", "ip6-localhost", socket.gethostname().lower()}


class NetworkRefused(OSError):
    """A test tried to reach another machine."""


def is_local(host: str | bytes | None) -> bool:
    """Whether a host is this machine; None and the empty name mean it too."""
    name = host.decode() if isinstance(host, bytes) else host or ""
    if name.lower() in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Refuse connections and name look-ups that leave this machine; the attempts, for the test of this fixture."""
    attempts: list[str] = []

    def refuse(what: object) -> None:
        attempts.append(str(what))
        raise NetworkRefused(f"a test tried to reach {what}")

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
                refuse(address)
            return original(self, address)

        return connect

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if not is_local(host):
            refuse(host)
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield attempts
    if attempts:
        pytest.fail(f"this test tried to reach another machine: {', '.join(attempts)}")
