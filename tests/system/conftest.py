"""The house and the browser of the system tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page

from tests.system.house import House

LARGEST_PICTURE = 300_000  # bytes; above it 256 colours have to do
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the system's Chromium: the browser packaged for tests is not at hand everywhere."""
    chromium = os.environ.get("NEEDLEPOINT_CHROMIUM") or "/usr/bin/chromium"
    if not Path(chromium).exists():
        pytest.fail("Chromium is missing: install the package chromium", pytrace=False)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [*quiet, "--disable-sync", "--no-first-run"],
    }


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Start the demo clinic once, as `make run` does; on PostgreSQL in a database of its own when one is given."""
    database = os.environ.get("DATABASE_URL")
    if database:
        name = f"house_{os.getpid()}"
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        database = database.rsplit("/", 1)[0] + f"/{name}"
    house = House(data=tmp_path_factory.mktemp("house"), database=database)
    house.start()
    yield house
    house.stop()


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Any:
    """Keep a screenshot under a name, where the run was asked to keep them."""
    folder = os.environ.get("NEEDLEPOINT_SCREENSHOTS")

    def keep(page: Page, name: str, *, whole: bool = False) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            path = Path(folder) / f"{name}.png"
            page.screenshot(path=path, full_page=whole)
            if path.stat().st_size > LARGEST_PICTURE:
                Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)

    return keep


def faults(page: Page) -> list[str]:
    """Give what axe finds against WCAG 2.2 AA on the page as it stands."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [
        f"{page.url} {violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:3]}"
        for violation in found.response["violations"]
    ]
