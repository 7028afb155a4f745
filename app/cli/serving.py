"""`duban serve`, `web`, `scheduler`, `worker`: the processes that stay."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
import waitress

from app import create_app
from app.cli.at_hand import opened, start_clock
from app.cli.office import make_ready
from app.services.house import House
from scheduler.main import make_scheduler
from scheduler.worker import Worker

LOOPBACK = ("127.0.0.1", "::1", "localhost")
THREADS = 8

host = click.option("--host", default="127.0.0.1", show_default=True)
port = click.option("--port", default=8000, show_default=True)
public = click.option("--public-demo", is_flag=True, help="Let a demonstration listen beyond this machine.")


@click.command()
@host
@port
@public
@click.option("--ready", is_flag=True, help="First make the office ready: tables, plan, processes, demonstration.")
def serve(host: str, port: int, public_demo: bool, ready: bool) -> None:
    """Web, scheduler and worker in one process."""
    with opened(needs_tables=not ready) as house:
        _guard_demo(house, host, public_demo)
        if ready:
            make_ready(house)
            start_clock(house)
        with ticking(house):
            _serve(house, host, port)


@click.command()
@host
@port
@public
def web(host: str, port: int, public_demo: bool) -> None:
    """The web door alone."""
    with opened() as house:
        _guard_demo(house, host, public_demo)
        _serve(house, host, port)


@click.command()
def scheduler() -> None:
    """The scheduler alone."""
    with opened() as house:
        ticker = make_scheduler(house, Worker(house))
        ticker.start()
        _until_stopped()
        ticker.shutdown()


@click.command()
def worker() -> None:
    """The worker for mail and chat alone."""
    with opened() as house:
        Worker(house).consumer().run()


@contextmanager
def ticking(house: House) -> Iterator[None]:
    """Scheduler and worker in threads of this process."""
    worker_ = Worker(house)
    ticker, consumer = make_scheduler(house, worker_), worker_.consumer()
    ticker.start()
    consumer.start()
    try:
        yield
    finally:
        ticker.shutdown()
        consumer.stop(graceful=True)


def _serve(house: House, host: str, port: int) -> None:
    # The proxy's X-Forwarded-… headers would be dropped before ProxyFix could read them.
    headers = {"clear_untrusted_proxy_headers": not house.settings.is_behind_proxy}
    try:
        server = waitress.create_server(create_app(house), host=host, port=port, threads=THREADS, ident=None, **headers)
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


def _guard_demo(house: House, host: str, is_public: bool) -> None:
    """Everybody knows a demonstration's password."""
    if house.settings.is_demo and host not in LOOPBACK and not is_public:
        raise click.ClickException(f"a demonstration listens on this machine only, not on {host}; see --public-demo")
