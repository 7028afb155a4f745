"""What every test has at hand; each module named here holds the fixtures of one thing."""

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


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """Where a page's relative addresses lead: nowhere, until a server's fixture says so.

    It stands here because pytest-playwright's own is a session-scoped method, of which pytest 9 warns, and is
    registered so late that only a conftest comes before it.
    """
    return None
