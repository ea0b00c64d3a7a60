"""The camera of the page, with a rendered patient held before it: guide, ghost, shot, retake, and a lost connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from needlepoint.demo import photographs as rendered
from tests.system import walk
from tests.system.conftest import faults
from tests.system.house import House

pytestmark = pytest.mark.browser

STREAM = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody who sits still before the camera, as a film of one picture."""
    shot = next(iter(rendered.course(11, fitzpatrick=2, visits=1, views=("front",), redness=(2.0,), pits=(0.4,))))
    path = tmp_path_factory.mktemp("film") / "patient.mjpeg"
    path.write_bytes(shot.jpeg)
    return path


@pytest.fixture
def seated(browser_type: BrowserType, browser_type_launch_args: dict[str, object], film: Path) -> Iterator[Browser]:
    """A browser whose camera sees the film."""
    held = [*browser_type_launch_args["args"], *STREAM, f"--use-file-for-fake-video-capture={film}"]  # type: ignore[misc]  # the plugin types its arguments as objects
    browser = browser_type.launch(**{**browser_type_launch_args, "args": held})  # type: ignore[arg-type]  # likewise
    yield browser
    browser.close()


def before_the_camera(seated: Browser, house: House, device: dict[str, object]) -> Page:
    context = seated.new_context(base_url=house.address, locale="en-GB", permissions=["camera"], **device)  # type: ignore[arg-type]  # devices are plain tables
    page = walk.staff(lambda **_: context, house, "therapist", {})
    walk.open_chart(page, "Notional")
    walk.station(page, "Photos")
    page.get_by_role("link", name="Open the camera").click()
    return page


def test_a_photograph_is_taken_with_the_ghost_of_the_baseline_and_survives_a_lost_connection(
    house: House, seated: Browser, picture: object
) -> None:
    page = before_the_camera(seated, house, walk.TABLET)
    expect(page.get_by_role("button", name=re.compile("^Front"))).to_have_attribute("aria-current", "true")
    expect(page.get_by_alt_text("Ghost of the photograph to match")).to_be_visible()
    expect(page.get_by_role("button", name="Take Front")).to_be_enabled(timeout=20_000)
    guide = page.get_by_role("listitem").filter(has_text=re.compile("Turn"))
    expect(guide.first).to_contain_text("°", timeout=20_000)
    page.get_by_role("button", name="Stronger ghost").click()
    expect(page.get_by_label("Ghost", exact=True)).to_have_value("50")
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_label("Ghost", exact=True)).to_have_value("40")
    assert not faults(page)

    page.context.set_offline(True)
    page.keyboard.press("c")
    expect(page.get_by_text("Not sent: the server did not answer.")).to_be_visible(timeout=20_000)
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text("1 photograph was taken and did not reach")).to_be_visible()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("All are sent.")).to_be_visible(timeout=20_000)

    page.reload()
    expect(page.get_by_role("button", name=re.compile("^Front"))).to_contain_text("taken")


def test_a_wrong_pose_is_asked_for_again_at_once(house: House, seated: Browser) -> None:
    page = before_the_camera(seated, house, walk.PHONE)
    page.get_by_role("button", name=re.compile("^Left 45")).click()
    shutter = page.get_by_role("button", name="Take Left 45°")
    expect(shutter).to_be_enabled(timeout=20_000)
    shutter.click()
    expect(page.get_by_role("heading", name="Take it again?")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Head or body turned too far")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    page.get_by_role("button", name="Take it again").click()
    expect(shutter).to_be_visible()
