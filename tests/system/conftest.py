"""The house and the browser of the system tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from needlepoint.records.models import Role
from tests import people
from tests.system.house import House

LARGEST_PICTURE = 300_000  # bytes; above it 256 colours have to do
PASSWORD = "a long password of the tests"
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


@pytest.fixture(autouse=True, scope="session")
def beside_the_browsers_loop() -> Iterator[None]:
    """Let a test look into the database while its browser is open: the browser's driver runs a loop in this thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


Clinician = Callable[..., Page]


@pytest.fixture
def clinician(browser: Browser, live_server: LiveServer) -> Iterator[Clinician]:
    """Somebody of the clinic, signed in on a device of their own."""
    contexts = []

    def signed_in(role: str = Role.THERAPIST, *, width: int = 820, script: bool = True, touch: bool = False) -> Page:
        user = people.make_staff(role)
        viewport = ViewportSize(width=width, height=1180)
        context = browser.new_context(viewport=viewport, java_script_enabled=script, has_touch=touch)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}/account/login/")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/clinic/**")
        return page

    yield signed_in
    for context in contexts:
        context.close()


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
