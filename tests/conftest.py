"""What every test has at hand; each module named here holds the fixtures of one thing."""

import gc

import pytest

pytest_plugins = [
    "tests.network",
    "tests.postgres",
    "tests.databases",
    "tests.chromium",
    "tests.houses",
    "tests.postbox",
    "tests.applications",
    "tests.figure_lines",
]


def pytest_collection_finish() -> None:
    """Keep the thousands of tests out of the collector's sweeps, as a server keeps its code out (`gunicorn_server`).

    A sweep over them takes a second or more, and it would be counted as time of the step in which it happens to fall.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """Where a page's relative addresses lead: nowhere, until a server's fixture says so.

    It stands here because pytest-playwright's own is a session-scoped method, of which pytest 9 warns, and is
    registered so late that only a conftest comes before it.
    """
    return None
