"""Settings, read from the environment once, at the door; everything below gets them handed in."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parent
DEMO_CLOCK = "2024-12-16T09:00:00+08:00"


class BadSetting(ValueError):
    """A DUBAN_… variable cannot be used; the text names it and says what would do."""


@dataclass(frozen=True)
class Settings:
    """secret_key signs states and cookies; notify_urls are apprise addresses; clock drives the demonstration.

    needs_two_everywhere: programs and the command line, too, only propose process definitions.
    virus_scan: what looks through uploaded files, as services/virus_scan writes it; empty for nothing.
    checkpoint_dir, checkpoint_mail: a folder and addresses outside that keep checkpoints of the ledger; empty for none.
    ledger_hash: sha256 or sm3, for new events. signer: its address, where it is not the one beside the instance.
    """

    database_url: str
    secret_key: str
    instance: Path
    plan: Path
    files_url: str
    clock: datetime | None = None
    mail_url: str = ""
    mail_from: str = "duban@localhost"
    notify_urls: tuple[str, ...] = ()
    locale: str = "zh_Hans_CN"
    timezone: str = "Asia/Shanghai"
    is_demo: bool = False
    trusted_hosts: tuple[str, ...] = ()
    is_behind_proxy: bool = False
    needs_two_everywhere: bool = False
    virus_scan: str = ""
    checkpoint_dir: Path | None = None
    checkpoint_mail: tuple[str, ...] = ()
    ledger_hash: str = "sha256"
    signer: str = ""
    argon2: Mapping[str, int] = field(default_factory=dict)  # cost parameters; the library's own by default

    @property
    def signer_address(self) -> str:
        """Where the signer of checkpoints answers: unix:/path or tcp:host:port."""
        return self.signer or _signer_beside(self.instance / "signer")


@dataclass(frozen=True)
class SignerSettings:
    """What the signer needs, which has an account of its own and opens nothing else. directory: its key and memory."""

    directory: Path
    address: str


def signer_from_environment(environ: Mapping[str, str] = os.environ) -> SignerSettings:
    """Raises BadSetting."""
    instance = Path(environ.get("DUBAN_INSTANCE", ROOT / "instance")).resolve()
    directory = Path(environ.get("DUBAN_SIGNER_DIR", "") or instance / "signer").resolve()
    return SignerSettings(directory, _signer(environ.get("DUBAN_SIGNER", "")) or _signer_beside(directory))


def has_own_signer(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether whoever runs all in one process runs the signer too: an address alone is that of somebody else's."""
    return not environ.get("DUBAN_SIGNER") or bool(environ.get("DUBAN_SIGNER_DIR"))


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises BadSetting."""
    instance = Path(environ.get("DUBAN_INSTANCE", ROOT / "instance")).resolve()
    is_demo = environ.get("DUBAN_DEMO", "") == "1"
    file = instance / ("demo.sqlite3" if is_demo else "duban.sqlite3")
    return Settings(
        database_url=environ.get("DUBAN_DATABASE_URL", f"sqlite:///{file}"),
        secret_key=environ.get("DUBAN_SECRET_KEY") or _kept_secret(instance),
        instance=instance,
        plan=_plan(environ.get("DUBAN_PLAN", "yangzhou_2022_2024.yaml")),
        files_url=environ.get("DUBAN_FILES_URL", f"file://{instance / 'files'}"),
        clock=_clock(environ.get("DUBAN_CLOCK", DEMO_CLOCK if is_demo else "")),
        mail_url=environ.get("DUBAN_MAIL_URL", ""),
        mail_from=environ.get("DUBAN_MAIL_FROM", "duban@localhost"),
        notify_urls=tuple(environ.get("DUBAN_NOTIFY_URLS", "").split()),
        locale=environ.get("DUBAN_LOCALE", "zh_Hans_CN"),
        timezone=_timezone(environ.get("DUBAN_TIMEZONE", "Asia/Shanghai")),
        is_demo=is_demo,
        trusted_hosts=tuple(environ.get("DUBAN_TRUSTED_HOSTS", "").split()),
        is_behind_proxy=environ.get("DUBAN_BEHIND_PROXY", "") == "1",
        needs_two_everywhere=_four_eyes(environ.get("DUBAN_FOUR_EYES", "screen")) == "everywhere",
        virus_scan=_virus_scan(environ.get("DUBAN_VIRUS_SCAN", "")),
        checkpoint_dir=Path(folder) if (folder := environ.get("DUBAN_CHECKPOINT_DIR", "")) else None,
        checkpoint_mail=tuple(environ.get("DUBAN_CHECKPOINT_MAIL", "").split()),
        ledger_hash=_ledger_hash(environ.get("DUBAN_LEDGER_HASH", "sha256")),
        signer=signer_from_environment(environ).address,
    )


def _kept_secret(instance: Path) -> str:
    """A secret made at the first start and kept in a file that only its owner reads."""
    file = instance / "secret_key"
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as new:
            new.write(secrets.token_hex(32))
    return file.read_text().strip()


def _plan(name: str) -> Path:
    """A file in plans/ by its name, or any file by its path."""
    return Path(name) if "/" in name else ROOT / "plans" / name


def _clock(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSetting(f"DUBAN_CLOCK={text}: not an ISO instant such as 2024-12-16T09:00:00+08:00") from error
    if at.tzinfo is None:
        raise BadSetting(f"DUBAN_CLOCK={text}: the offset is missing, such as +08:00")
    return at


def _four_eyes(where: str) -> str:
    """Where a second person must approve process definitions: of uploads on the screen, or of all but the system's."""
    if where not in ("screen", "everywhere"):
        raise BadSetting(f"DUBAN_FOUR_EYES={where}: screen or everywhere")
    return where


def _virus_scan(text: str) -> str:
    kind, _, where = text.partition(":")
    if text and not (kind in ("clamd", "command") and where.strip()):
        raise BadSetting(f"DUBAN_VIRUS_SCAN={text}: such as clamd:/run/clamav/clamd.ctl or command:clamscan -")
    return text


def _ledger_hash(name: str) -> str:
    if name not in ("sha256", "sm3"):
        raise BadSetting(f"DUBAN_LEDGER_HASH={name}: sha256 or sm3")
    return name


def _signer(text: str) -> str:
    """The signer trusts who can reach it, so it listens on this machine only."""
    kind, _, where = text.partition(":")
    host, _, port = where.rpartition(":")
    is_usable = (kind == "unix" and where.startswith("/") and sys.platform != "win32") or (
        kind == "tcp" and host in ("127.0.0.1", "[::1]") and port.isdigit()
    )
    if text and not is_usable:
        raise BadSetting(f"DUBAN_SIGNER={text}: such as unix:/run/duban-signer/socket or tcp:127.0.0.1:8010")
    return text


def _signer_beside(directory: Path) -> str:
    return "tcp:127.0.0.1:8010" if sys.platform == "win32" else f"unix:{directory / 'socket'}"


def _timezone(name: str) -> str:
    if name != "Asia/Shanghai":
        raise BadSetting(f"DUBAN_TIMEZONE={name}: deadlines are reckoned in Asia/Shanghai, the one zone of China")
    return name
