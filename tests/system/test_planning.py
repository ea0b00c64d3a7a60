"""Planning in a browser: by touch, by keyboard alone, live, without a script, from a protocol, and on one sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdf
import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from needlepoint.records.models import Course, Role
from tests import people
from tests.actions.test_protocols import adopted
from tests.system.conftest import Clinician, faults
from tests.system.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHIN, TEMPLES = "Chin and jaw line", "Temples"
Opened = Callable[..., Page]


@pytest.fixture
def course() -> Course:
    people.make_clinic()
    return people.make_course(areas=["temples", "cheeks"])


@pytest.fixture
def planner(course: Course, clinician: Clinician, live_server: LiveServer) -> Opened:
    """The plan in the making, opened by the physician."""

    def opened(**device: object) -> Page:
        page = clinician(Role.PHYSICIAN, **device)
        page.goto(live_server.url + reverse("clinic:plan", args=[course.ref]))
        return page

    return opened


def on_the_map(page: Page, name: str) -> Locator:
    return page.locator("[data-map]").get_by_role("checkbox", name=name).first


def in_the_list(page: Page, name: str) -> Locator:
    return page.locator("[data-list]").get_by_role("checkbox", name=name)


def area(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def number(page: Page, name: str, what: str) -> Locator:
    return area(page, name).locator("dl.numbers div", has_text=what).locator("dd")


def test_areas_are_chosen_by_touch_and_every_number_follows_at_once(planner: Opened) -> None:
    page = planner(touch=True)
    expect(area(page, CHIN)).to_be_hidden()
    on_the_map(page, CHIN).tap()
    expect(area(page, CHIN)).to_contain_text("per cm²")
    expect(on_the_map(page, CHIN)).to_be_checked()
    page.get_by_text("List of areas").tap()
    expect(in_the_list(page, CHIN)).to_be_checked()
    before = number(page, CHIN, "Punctures").inner_text()
    area(page, CHIN).get_by_role("button", name="more passes").tap()
    expect(number(page, CHIN, "Punctures")).not_to_have_text(before)
    depth = number(page, CHIN, "Depth").inner_text()
    area(page, CHIN).get_by_role("button", name="less depth").tap()
    expect(number(page, CHIN, "Depth")).not_to_have_text(depth)
    expect(number(page, CHIN, "Depth")).to_contain_text("mm")
    in_the_list(page, CHIN).tap()
    expect(area(page, CHIN)).to_be_hidden()
    expect(on_the_map(page, CHIN)).not_to_be_checked()
    assert faults(page) == []


def test_a_depth_above_its_ceiling_is_lowered_while_it_is_typed(planner: Opened) -> None:
    page = planner(width=1280)
    field = page.get_by_label("Temples: Depth")
    field.fill("2")
    expect(area(page, TEMPLES)).to_contain_text("was lowered to the ceiling")
    field.fill("")
    expect(area(page, TEMPLES)).not_to_contain_text("was lowered to the ceiling")
    field.fill("9")
    expect(page.locator(".plan-bar")).to_contain_text("the depth must lie above 0 and not above 5 mm")


def test_the_keyboard_alone_chooses_an_area_and_keeps_the_plan(planner: Opened) -> None:
    page = planner(width=1280)
    hands = Keyboard(page)
    hands.reach(page.locator("[data-map] .face [tabindex='0']"))
    for _ in range(30):
        if page.evaluate("document.activeElement.dataset.area") == "chin_jaw":
            break
        hands.press("ArrowRight")
    hands.press("Space")
    expect(area(page, CHIN)).to_contain_text("per cm²")
    hands.write(page.get_by_label(f"{CHIN}: Passes"), "3")
    hands.push(page.get_by_role("button", name="Keep this plan"))
    expect(page.get_by_role("row", name=CHIN)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Draft, not adopted")


def test_without_a_script_the_list_and_a_button_do_the_same(planner: Opened) -> None:
    page = planner(width=1280, script=False)
    page.get_by_role("checkbox", name="Nose, outer skin").check()
    page.get_by_role("button", name="Compute").click()
    nose = area(page, "Nose, outer skin")
    expect(nose).to_contain_text("per cm²")
    nose.get_by_role("spinbutton", name="Passes").fill("3")
    page.get_by_role("button", name="Compute").click()
    expect(number(page, "Nose, outer skin", "Passes")).to_contain_text("3")


def test_two_taps_plan_from_a_protocol_and_the_plan_is_one_sheet(planner: Opened) -> None:
    version = adopted()
    page = planner(touch=True)
    page.get_by_role("link", name=version.name).tap()
    page.get_by_role("button", name="Keep this plan").tap()
    expect(page.get_by_role("main")).to_contain_text("Planned from the protocol")
    assert faults(page) == []
    for pdf in (page.pdf(format="A4"), page.request.get(page.url + "sheet.pdf").body()):
        sheets = pypdf.PdfReader(io.BytesIO(pdf)).pages
        assert len(sheets) == 1
        assert TEMPLES in sheets[0].extract_text()


def test_the_pages_of_the_library_can_be_used_by_everybody(
    course: Course, clinician: Clinician, live_server: LiveServer
) -> None:
    version = adopted()
    page = clinician(Role.PHYSICIAN, width=390)
    ref = version.protocol.ref
    for name, args in (("protocols", []), ("protocol", [ref]), ("protocol_edit", [ref]), ("course_done", [course.ref])):
        page.goto(live_server.url + reverse(f"clinic:{name}", args=args))
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_course_ahead_shows_a_chart_with_its_words(planner: Opened) -> None:
    page = planner(width=390, touch=True)
    page.get_by_role("link", name="The course, and what to expect").tap()
    expect(page.get_by_role("img", name=re.compile("Alam 2014"))).to_be_visible()
    page.get_by_text("The same as a table").tap()
    expect(page.get_by_role("table").first).to_contain_text("points")
    assert faults(page) == []
