"""`duban serve`, `web`, `scheduler`, `worker`: the processes that stay."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click
import waitress
from prometheus_client import start_http_server

from app import create_app, logs, metrics
from app.cli.at_hand import opened, start_clock
from app.cli.office import make_ready
from app.services.house import House
from config import ROOT, has_own_signer
from scheduler.main import make_scheduler
from scheduler.pulse import Pulse
from scheduler.watchdog import Watchdog
from scheduler.worker import Worker

LOOPBACK = ("127.0.0.1", "::1", "localhost")
WORKERS, THREADS = 2, 8
SIGNER = (sys.executable, "-c", "from app.services.log_signer.server import serve_parent; serve_parent()")
SIGNER_PAUSE = 5.0  # seconds before a signer that died is started again
HAS_GUNICORN = sys.platform != "win32"

host = click.option("--host", default="127.0.0.1", show_default=True)
port = click.option("--port", default=8000, show_default=True)
public = click.option("--public-demo", is_flag=True, help="Let a demonstration listen beyond this machine.")
metrics_address = click.option("--metrics", "metrics_address", default="", help="Show figures at HOST:PORT.")


def patience(seconds: float) -> Callable[[Callable[..., None]], Callable[..., None]]:
    help_ = "Seconds without a sign of life after which the process ends itself, to be started again."
    return click.option("--patience", default=seconds, show_default=True, type=click.FloatRange(1), help=help_)


@click.command()
@host
@port
@public
@click.option("--ready", is_flag=True, help="First make the office ready: tables, plan, processes, demonstration.")
def serve(host: str, port: int, public_demo: bool, ready: bool) -> None:
    """Web, scheduler and worker in one process, with the signer as a child of it."""
    with opened(needs_tables=not ready) as house:
        _guard_demo(house, host, public_demo)
        if ready:
            make_ready(house)
            start_clock(house)
        logs.configure(logging.INFO)  # the thousand commands of a demonstration are no news
        with _signing(), _scheduling(house), _working(house):
            _serve(house, host, port)


@click.command()
@host
@port
@public
@click.option("--workers", default=None, type=click.IntRange(1), help="Processes; 2 on PostgreSQL, 1 on SQLite.")
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1), help="Threads of each process.")
@click.option("--max-requests", default=0, help="Replace a process after so many requests; 0 for never.")
def web(host: str, port: int, public_demo: bool, workers: int | None, threads: int, max_requests: int) -> None:
    """The web door alone: several processes on PostgreSQL, one on SQLite."""
    logs.configure(logging.INFO)
    with opened() as house:
        _guard_demo(house, host, public_demo)
        if house.database.is_sqlite or not HAS_GUNICORN:
            _refuse_many(workers)
            _serve(house, host, port, threads)
            return
        settings = house.settings
    from app.cli import gunicorn_server

    click.echo(f"[duban] http://{host}:{port}")
    gunicorn_server.run(settings, gunicorn_server.Shape(f"{host}:{port}", workers or WORKERS, threads, max_requests))


@click.command()
@patience(30)
@metrics_address
def scheduler(patience: float, metrics_address: str) -> None:
    """The scheduler alone; any number of them on PostgreSQL."""
    logs.configure(logging.INFO)
    with opened() as house:
        _say_what_sqlite_promises(house)
        with _showing(metrics_address), _scheduling(house, patience):
            _until_stopped()


@click.command()
@patience(120)
@metrics_address
def worker(patience: float, metrics_address: str) -> None:
    """The worker for mail and chat alone; any number of them on PostgreSQL."""
    logs.configure(logging.INFO)
    with opened() as house:
        _say_what_sqlite_promises(house)
        with _showing(metrics_address), _working(house, patience):
            _until_stopped()


@contextmanager
def _signing() -> Iterator[None]:
    """A signer in a process of its own, born again when it dies; it ends with this one, as its standard input does."""
    if not has_own_signer():
        yield
        return
    stopped, children = threading.Event(), list[subprocess.Popen[bytes]]()

    def keep() -> None:
        while not stopped.is_set():
            with subprocess.Popen(SIGNER, stdin=subprocess.PIPE, cwd=ROOT) as child:
                children[:] = [child]
                if stopped.is_set() or child.wait() == 0:  # 0: another one answers there already
                    return
            stopped.wait(SIGNER_PAUSE)

    thread = threading.Thread(target=keep, name="signer")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        for child in children:
            assert child.stdin is not None
            child.stdin.close()
        thread.join()


@contextmanager
def _scheduling(house: House, patience: float = 30) -> Iterator[None]:
    """A scheduler in threads of this process, with its watchdog, which goes on until the last job has ended."""
    pulse = Pulse(house, "scheduler")
    ticker, watchdog = make_scheduler(house, Worker(house), pulse), Watchdog(pulse, patience)
    ticker.start()
    watchdog.start()
    try:
        yield
    finally:
        ticker.shutdown()
        watchdog.stop()


@contextmanager
def _working(house: House, patience: float = 120) -> Iterator[None]:
    """A worker in threads of this process, likewise. A mail server may be slow: its patience is longer."""
    pulse = Pulse(house, "worker")
    consumer, watchdog = Worker(house, pulse).consumer(), Watchdog(pulse, patience)
    consumer.start()
    watchdog.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
        watchdog.stop()


@contextmanager
def _showing(address: str) -> Iterator[None]:
    """What this process counted, at an address of its own: it has no web door."""
    if not address:
        yield
        return
    name, _, number = address.rpartition(":")
    if not number.isdigit():
        raise click.ClickException(f"--metrics {address}: not HOST:PORT")
    server, thread = start_http_server(int(number), name, metrics.registry())
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _serve(house: House, host: str, port: int, threads: int = THREADS) -> None:
    """By waitress: pure Python, in this process, on every system."""
    # The proxy's X-Forwarded-… headers would be dropped before ProxyFix could read them.
    headers = {"clear_untrusted_proxy_headers": not house.settings.is_behind_proxy}
    try:
        server = waitress.create_server(create_app(house), host=host, port=port, threads=threads, ident=None, **headers)
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}; try another --port") from error
    click.echo(f"[duban] http://{host}:{port}")
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    finally:
        server.close()


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _until_stopped() -> None:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopped.set())
    stopped.wait()


def _refuse_many(workers: int | None) -> None:
    if workers is not None and workers > 1:
        reason = "SQLite has one writer at a time" if HAS_GUNICORN else "gunicorn does not run on Windows"
        raise click.ClickException(f"--workers {workers}: {reason}; several processes need PostgreSQL, on Linux")


def _say_what_sqlite_promises(house: House) -> None:
    """Leases and claims hold on one file as well, so a second process does no harm, and no good."""
    if house.database.is_sqlite:
        click.echo("[duban] SQLite has one writer at a time: more processes are safe, but not faster", err=True)


def _guard_demo(house: House, host: str, is_public: bool) -> None:
    """Everybody knows a demonstration's password."""
    if house.settings.is_demo and host not in LOOPBACK and not is_public:
        raise click.ClickException(f"a demonstration listens on this machine only, not on {host}; see --public-demo")
