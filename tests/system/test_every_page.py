"""Every page that a link leads to, for everybody who may come: it answers, it can be used by everybody, and it fits."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.system import walk
from tests.system.conftest import faults
from tests.system.house import House

pytestmark = pytest.mark.browser

READERS = ("physician", "visitor", "patient", "director", "therapist", "administrator", "front_desk")
ALIKE_FOLLOWED = 3  # addresses of one kind that are followed, for each reader
ALIKE_LOOKED_AT = 1  # addresses of one kind that are looked at closely, for all readers together
PHONE_PX, ZOOMED_PX, DESK_PX = 390, 640, 1280  # 640 is a desk of 1280 at 200 %
IN_THE_DARK_EVERY = 3  # of the pages looked at, one in so many is also looked at in the dark


@dataclass
class Found:
    """What was found on the way: pages that answered, by reader and kind, and everything wrong, by what it is."""

    answered: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    dead_ends: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def found(house: House, browser: Browser) -> Found:
    found = Found()
    for reader in READERS:
        context = browser.new_context(base_url=house.address, locale="en-GB")
        page = enter(context, house, reader)
        follow(page, reader, house, found)
        look(page, reader, found)
        context.close()
    return found


def enter(context: BrowserContext, house: House, reader: str) -> Page:
    """Come to where a reader starts."""
    if reader in house.sign_ins():
        return walk.staff(lambda **_: context, house, reader, walk.DESKTOP)
    page = context.new_page()
    page.goto({"visitor": "/", "patient": house.private_link()}[reader])
    return page


def kind_of(address: str) -> str | None:
    """Give which page it is, whoever it is about; nothing when it is not one of ours."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return None
    asked = "&".join(sorted(re.findall(r"(?:^|&)(\w+)=", parts.query)))
    return f"{name}?{asked}" if asked else name


def follow(page: Page, reader: str, house: House, found: Found) -> None:
    """Follow every link, from page to page, a few of each kind."""
    seen: Counter[str] = Counter()
    waiting = deque([page.url.removeprefix(house.address)])
    known = set(waiting)
    answered = found.answered.setdefault(reader, {})
    while waiting:
        address = waiting.popleft()
        kind = kind_of(address)
        if kind is None:
            found.dead_ends.append(f"{reader} {address}: no such page")
            continue
        seen[kind] += 1
        if seen[kind] > ALIKE_FOLLOWED:
            continue
        answer = page.context.request.get(address, max_redirects=3)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        text = answer.text() if is_page else ""
        if answer.status == 403 and "takes the role of" in text:
            found.refused[reader] += 1
        elif answer.status != 200:
            found.dead_ends.append(f"{reader} {address}: {answer.status}")
        elif is_page:
            answered.setdefault(kind, []).append(address)
        for link in links_of(text, base=address) - known:
            known.add(link)
            waiting.append(link)


def links_of(text: str, *, base: str) -> set[str]:
    """Give the addresses within the house that a page links to."""
    hrefs = re.findall(r"<a\b[^>]*?\shref=\"([^\"]+)\"", text)
    whole = (urljoin(base, unescape(href)).partition("#")[0] for href in hrefs if not href.startswith("#"))
    return {link for link in whole if link.startswith("/")}


def look(page: Page, reader: str, found: Found) -> None:
    """Look closely at pages of every kind that nobody before has come to."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(f"{reader} {page.url}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(f"{reader} {page.url}: {error}"))
    for kind, addresses in found.answered[reader].items():
        if kind in found.looked_at:
            continue
        found.looked_at.add(kind)
        for address in addresses[:ALIKE_LOOKED_AT]:
            look_at(page, address, found)
    found.console += said


def look_at(page: Page, address: str, found: Found) -> None:
    """Look at one page as it is on a phone, at a desk, zoomed in, and now and then in the dark."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": DESK_PX, "height": 900})
    page.goto(address)
    titles = page.locator("h1").count()
    if titles != 1:
        found.headings.append(f"{address}: {titles} headings of the first level")
    found.axe += [f"{DESK_PX} px: {fault}" for fault in faults(page)]
    for width in (ZOOMED_PX, PHONE_PX):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.sideways.append(f"{address}: {wide} px on a screen of {width} px")
    found.axe += [f"{PHONE_PX} px: {fault}" for fault in faults(page)]
    if len(found.looked_at) % IN_THE_DARK_EVERY == 0:
        page.emulate_media(color_scheme="dark")
        found.axe += [f"dark: {fault}" for fault in faults(page)]


def listed(lines: list[str]) -> str:
    return "\n".join(["", *sorted(set(lines))])


def test_every_link_leads_to_a_page_or_to_a_reason(found: Found) -> None:
    assert not found.dead_ends, listed(found.dead_ends)


def test_everybody_has_somewhere_to_go(found: Found) -> None:
    kinds = {reader: len(answered) for reader, answered in found.answered.items()}
    assert kinds["visitor"] >= 8
    assert kinds["patient"] >= 4
    assert kinds["front_desk"] >= 6
    assert kinds["administrator"] >= 4
    assert kinds["physician"] >= 22
    assert len(found.looked_at) >= 40


def test_every_page_passes_axe_on_a_phone_at_a_desk_and_in_the_dark(found: Found) -> None:
    assert not found.axe, listed(found.axe)


def test_no_page_scrolls_sideways_on_a_phone_or_at_twice_the_size(found: Found) -> None:
    assert not found.sideways, listed(found.sideways)


def test_every_page_has_one_heading_of_the_first_level(found: Found) -> None:
    assert not found.headings, listed(found.headings)


def test_no_page_complains_in_the_console(found: Found) -> None:
    assert not found.console, listed(found.console)
