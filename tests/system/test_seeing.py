"""Looking closely at a pair in a real browser: four ways, one zoom for both, by keys, wheel, pinch and buttons."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.system import walk
from tests.system.conftest import faults
from tests.system.house import House
from tests.system.walk import NewContext

pytestmark = pytest.mark.browser


def looking(new_context: NewContext, house: House, device: Any, **more: Any) -> Page:
    page = walk.staff(new_context, house, "physician", device, **more)
    walk.open_chart(page, "Notional")
    walk.station(page, "Outcome")
    page.get_by_role("link", name=re.compile("Look closely")).click()
    # The demo's pair is laid over by the worker soon after the house opens.
    end = time.monotonic() + 180
    while not page.get_by_role("button", name="Aligned").count() and time.monotonic() < end:
        page.wait_for_timeout(1_000)
        page.reload()
    return page


def shape(page: Page) -> tuple[float, float, float]:
    """Zoom and place as the element carries them; both pictures take them from there."""
    values = page.evaluate(
        "['--zoom', '--x', '--y'].map((name) =>"
        " Number(document.querySelector('photo-pair').style.getPropertyValue(name)))"
    )
    return values[0] or 1.0, values[1], values[2]


def test_a_pair_is_seen_in_four_ways_and_always_says_what_it_is(house: House, new_context: NewContext) -> None:
    page = looking(new_context, house, walk.DESKTOP)
    pair = page.locator("photo-pair")
    expect(pair.get_by_text("ORIGINAL").first).to_be_visible()
    assert not faults(page)
    page.get_by_role("button", name="Aligned").click()
    expect(pair.get_by_text("ALIGNED: warped onto the one from before")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("warped onto the photograph from before"))).to_be_visible()

    page.get_by_role("button", name="Slider").click()
    line = page.get_by_label(re.compile("Line between before and after"))
    line.press("Home")
    expect(line).to_have_value("0")

    page.get_by_role("button", name="Flicker").click()
    expect(page.get_by_text("After in front")).to_be_visible(timeout=3_000)
    page.get_by_role("button", name="Stop").click()
    before = pair.get_attribute("data-front")
    page.wait_for_timeout(1_200)
    assert pair.get_attribute("data-front") == before, "stopped is stopped"
    page.get_by_role("button", name="Swap once").click()
    assert pair.get_attribute("data-front") != before

    page.get_by_role("button", name="Difference").click()
    expect(page.get_by_alt_text(re.compile("^Redness: where the aligned photographs differ"))).to_be_visible()
    page.get_by_role("button", name="Lightness").click()
    expect(page.get_by_alt_text(re.compile("^Lightness"))).to_be_visible()
    assert not faults(page)


def test_nothing_flickers_by_itself_where_less_motion_is_asked_for(house: House, new_context: NewContext) -> None:
    page = looking(new_context, house, walk.TABLET, reduced_motion="reduce")
    page.get_by_role("button", name="Flicker").click()
    page.wait_for_timeout(1_200)
    expect(page.locator("photo-pair")).to_have_attribute("data-front", "before")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("After in front")).to_be_visible(timeout=3_000)


def test_both_are_zoomed_and_moved_together_by_keys_wheel_buttons_and_pinch(
    house: House, new_context: NewContext
) -> None:
    page = looking(new_context, house, walk.TABLET)
    stage = page.get_by_role("group", name=re.compile("^Photographs"))
    stage.focus()
    for key in ("+", "+", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    zoom, x, y = shape(page)
    assert zoom == pytest.approx(1.5625)
    assert (x, y) == (10, 10)
    looks = page.eval_on_selector_all(
        ".moves",
        "(all) => all.filter((i) => i.offsetParent).map((i) => getComputedStyle(i).transform.split(',')[0])",
    )
    assert len(set(looks)) == 1
    page.keyboard.press("0")
    assert shape(page) == (1.0, 0, 0)

    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Move right").click()
    zoom, x, _ = shape(page)
    assert zoom == pytest.approx(1.25)
    assert x == -10
    page.get_by_role("button", name="Show all").click()

    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 3)
    page.mouse.wheel(0, -300)
    assert shape(page)[0] > 1.5
    page.get_by_role("button", name="Show all").click()

    hand = page.context.new_cdp_session(page)
    middle = (box["x"] + box["width"] / 4, box["y"] + box["height"] / 3)
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90)):
        fingers = [{"x": middle[0] + side * apart, "y": middle[1], "id": place} for place, side in enumerate((-1, 1))]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert shape(page)[0] == pytest.approx(3.0, rel=0.1)
