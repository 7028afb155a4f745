"""The signer's door: a line of JSON for each request, on a Unix socket or on this machine's own TCP address."""

from __future__ import annotations

import json
import os
import signal
import socketserver
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import structlog

from app.services.log_signer.answers import answer
from app.services.log_signer.client import connected
from app.services.log_signer.keeper import Keeper
from config import BadSetting, SignerSettings, signer_from_environment

LONGEST_LINE = 64 << 10
PATIENCE = 30.0  # seconds that a connection may lie idle
LONGEST_PATH = 100  # bytes of a Unix socket's name, on every system

log = structlog.get_logger()


class _Door(socketserver.StreamRequestHandler):
    """One connection, any number of requests."""

    timeout = PATIENCE
    server: Any

    def handle(self) -> None:
        with suppress(TimeoutError, ConnectionError):
            while line := self.rfile.readline(LONGEST_LINE):
                try:
                    told = json.loads(line)
                except ValueError:
                    told = None
                said = answer(self.server.keeper, told)
                if "error" in said:
                    log.warning("refused", code=said["error"], text=said["text"])
                self.wfile.write(json.dumps(said).encode() + b"\n")


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def listening(settings: SignerSettings) -> Iterator[socketserver.BaseServer]:
    """A server that answers once serve_forever is called. Raises BadSetting, OSError."""
    kind, _, where = settings.address.partition(":")
    server: Any
    if kind == "tcp":
        host, _, port = where.rpartition(":")
        server = _TcpServer((host.strip("[]"), int(port)), _Door)
    else:
        server = _unix_server(Path(where))
    server.keeper = Keeper(settings.directory)
    try:
        yield server
    finally:
        server.server_close()
        if kind != "tcp":
            Path(where).unlink(missing_ok=True)


def _unix_server(path: Path) -> Any:
    """The socket is for the account and its group; who may enter the folder is the operator's to say."""
    if sys.platform == "win32":
        raise BadSetting("DUBAN_SIGNER: no Unix sockets on Windows; use tcp:127.0.0.1:8010")
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise BadSetting(f"DUBAN_SIGNER: the name {path} is too long for a socket; choose a shorter one")
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    with suppress(OSError), connected(f"unix:{path}", timeout=2):
        raise BadSetting(f"DUBAN_SIGNER: a signer answers at {path} already")
    path.unlink(missing_ok=True)  # of one that was killed

    class UnixServer(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    before = os.umask(0o117)
    try:
        return UnixServer(str(path), _Door)
    finally:
        os.umask(before)


def serve(settings: SignerSettings) -> None:
    """Until SIGTERM or SIGINT."""
    with listening(settings) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: _end(server))
        log.info("signer answers", address=settings.address)
        server.serve_forever(poll_interval=0.2)


def _end(server: socketserver.BaseServer) -> None:
    Thread(target=server.shutdown).start()  # it waits for serve_forever, which this thread is in


def serve_parent() -> None:
    """As the child of `duban serve`: ends with its parent, however that ends, because then its standard input does."""
    from app import logs

    logs.configure()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    try:
        with listening(signer_from_environment()) as server:
            Thread(target=_wait_for_parent, args=[server], daemon=True).start()
            server.serve_forever(poll_interval=0.2)
    except BadSetting as error:
        log.warning("no signer of our own", reason=str(error))


def _wait_for_parent(server: socketserver.BaseServer) -> None:
    sys.stdin.buffer.read()
    server.shutdown()
