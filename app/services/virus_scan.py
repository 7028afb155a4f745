"""The search for viruses in a file, by what the office has: a clamd socket, or a command that reads its input.

    clamd:/run/clamav/clamd.ctl     clamd://127.0.0.1:3310     command:clamscan --no-summary -

A command says 0 for a clean file and 1 for one with a virus, as clamscan does; everything else means that it could not
look. The file goes to it as bytes, so it may lie anywhere that fsspec reaches.
"""

from __future__ import annotations

import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import structlog

from app.terms import Scan

log = structlog.get_logger()

CHUNK = 256 * 1024
SECONDS = 30
CLEAN, FOUND = 0, 1  # of a command
CLAMD_PORT = 3310


def look(scanner: str, content: IO[bytes]) -> Scan:
    """CLEAN, INFECTED, or WAITING where the scanner does not answer; NONE where the office has none."""
    kind, _, where = scanner.partition(":")
    if not kind:
        return Scan.NONE
    try:
        return _by_clamd(where, content) if kind == "clamd" else _by_command(where, content)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        log.error("the virus scanner does not answer", scanner=scanner, error=str(error))
        return Scan.WAITING


def _by_clamd(where: str, content: IO[bytes]) -> Scan:
    """INSTREAM: pieces with their length before them, and one of length 0 at the end."""
    with _connected(where) as connection:
        connection.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK):
            connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
        connection.sendall(bytes(4))
        answer = b""
        while not answer.endswith(b"\0") and (part := connection.recv(4096)):
            answer += part
    said = answer.rstrip(b"\0").decode("utf-8", "replace")
    if said.endswith(" FOUND"):
        log.warning("virus found", said=said)
        return Scan.INFECTED
    if said.endswith(" OK"):
        return Scan.CLEAN
    raise ValueError(said or "no answer")


@contextmanager
def _connected(where: str) -> Iterator[socket.socket]:
    if where.startswith("//"):
        host, _, port = where[2:].rpartition(":")
        with socket.create_connection((host, int(port or CLAMD_PORT)), SECONDS) as connection:
            yield connection
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SECONDS)
        connection.connect(where)
        yield connection


def _by_command(where: str, content: IO[bytes]) -> Scan:
    done = subprocess.run(shlex.split(where), input=content.read(), capture_output=True, timeout=SECONDS, check=False)
    if done.returncode == FOUND:
        log.warning("virus found", said=done.stdout.decode("utf-8", "replace")[:500])
        return Scan.INFECTED
    if done.returncode == CLEAN:
        return Scan.CLEAN
    raise ValueError(f"the command ended with {done.returncode}")
