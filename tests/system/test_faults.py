"""Two people chart on one session through a network that loses, doubles, cuts and delays, and a server that is killed.

Afterwards the history of the chart is compared with what each of them entered and with what was shown as saved: nothing
is lost, nothing is there twice, all is in the order in which it was entered, and in every field the newest stands.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.system import walk
from tests.system.faults import FAULTS, FaultyProxy, faulty
from tests.system.house import House
from tests.system.walk import TABLET, NewContext

pytestmark = pytest.mark.browser

MOST_FAULTS = int(os.environ.get("NEEDLEPOINT_FAULTS", "200"))
SEED = int(os.environ.get("NEEDLEPOINT_SEED", "11"))
KILLS = 2
PATIENT = "Sample"
MOST_WAITING = 6  # entries on a device, before its writer pauses for breath
SETTLED_MS = 60_000
# Waiting is shortened: a page that waits 2 seconds before it tries again waits a tenth of one.
HURRY = """
for (const name of ["setTimeout", "setInterval"]) {
  const slow = window[name];
  window[name] = (act, ms = 0, ...rest) => slow(act, ms >= 500 ? ms / 20 : ms, ...rest);
}
window.shownAsSaved = [];
addEventListener("DOMContentLoaded", () => {
  const field = (line) => line.dataset.saved;
  const value = (name) => {
    const [first, ...more] = [...document.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (first.type === "checkbox") return String(first.checked);
    if (first.type === "radio") return [first, ...more].find((one) => one.checked)?.value ?? "";
    return first.value;
  };
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const line = (target.nodeType === 1 ? target : target.parentElement)?.closest("[data-saved]");
      if (line?.dataset.state === "saved") shownAsSaved.push([field(line), value(field(line)), line.textContent]);
    }
  }).observe(document.querySelector("[data-session]") ?? document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["data-state"],
  });
});
"""
WAITING = """() => JSON.parse(
  localStorage.getItem(`needlepoint:chart:${document.querySelector("[data-session]").dataset.ref}`) ?? "[]",
).length"""
# Enters a value as a hand does: the control changes and says so.
ENTER = """([name, text]) => {
  const found = [...document.querySelectorAll(`form[data-chart] [name="${CSS.escape(name)}"]`)];
  const control = found[0].type === "radio" ? found.find((one) => one.value === text) : found[0];
  if (control.type === "checkbox") control.checked = text === "true";
  else if (control.type === "radio") control.checked = true;
  else control.value = text;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}"""


@dataclass
class Writer:
    """Somebody with a tablet, and what they have entered so far, in order."""

    page: Page
    name: str
    user: str
    entered: list[tuple[str, str]] = field(default_factory=list)
    last: dict[str, str] = field(default_factory=dict)

    def enter(self, name: str, text: str) -> None:
        if self.last.get(name) == text:
            return  # to say again what stands there is no entry
        self.last[name] = text
        self.page.evaluate(ENTER, [name, text])
        self.entered.append((name, text))

    def waits(self) -> int:
        """Give how many entries wait on this device."""
        return int(self.page.evaluate(WAITING))

    def writes(self, name: str) -> bool:
        """Say whether this one writes in a field: the note and the pain have one writer each, the rest both."""
        return not own(name) or (name == "note") == (self.name == "physician")

    def shown_as_saved(self) -> list[list[str]]:
        found: list[list[str]] = self.page.evaluate("shownAsSaved")
        return found


def test_nothing_is_lost_doubled_or_out_of_order_over_hundreds_of_faults(house: House, new_context: NewContext) -> None:
    chance = random.Random(SEED)
    with faulty(FaultyProxy(upstream=house.port, seed=SEED, harmed=on_the_chart, most=MOST_FAULTS)) as proxy:
        proxy.on = False
        address = f"http://127.0.0.1:{proxy.port}"
        path = given_an_open_session(walk.staff(new_context, house, "physician", TABLET))
        writers = [writer(new_context, house, role, address + path) for role in ("physician", "therapist")]
        proxy.on = True
        kill_at = [MOST_FAULTS * (place + 1) // (KILLS + 1) for place in range(KILLS)]
        fields = fields_of(writers[0].page)
        while proxy.faults < MOST_FAULTS:
            for each in writers:
                for _ in range(chance.randint(1, 3) if each.waits() < MOST_WAITING else 0):
                    name, values = chance.choice([one for one in fields if each.writes(one[0])])
                    each.enter(name, chance.choice(values) if values else f"note {len(each.entered)} of {each.name}")
            if kill_at and proxy.faults >= kill_at[0]:
                kill_at.pop(0)
                house.kill("server")
                proxy.done["server killed"] += 1
            time.sleep(chance.random() * 0.1)
        proxy.on = False
        then_all_is_saved(writers)
        rows = history(house, path.rstrip("/").rsplit("/", 1)[1])
        for each in writers:
            then_everything_entered_is_there_once_and_in_order(each, rows)
            then_what_was_shown_as_saved_is_there(each, rows)
        then_in_every_field_the_newest_stands(writers, rows)
    assert set(proxy.done) >= {*FAULTS, "server killed"}
    assert house.command("audit", "verify").returncode == 0


def own(name: str) -> bool:
    return name == "note" or name.endswith(".pain")


def on_the_chart(target: str) -> bool:
    return target.endswith("/save/") or "/changes/" in target


def given_an_open_session(page: Page) -> str:
    """Give the path of a session that a physician opened without its pre-conditions."""
    walk.open_chart(page, PATIENT)
    walk.station(page, "Session")
    page.get_by_text("Go on without, as a physician").click()
    page.get_by_label("Why this session is held all the same").fill("Held to show what a bad network does.")
    page.get_by_role("button", name="Open the session without its pre-conditions").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Session of")
    return "/" + page.url.split("/", 3)[3]


def writer(new_context: NewContext, house: House, role: str, address: str) -> Writer:
    """Sign somebody in through the proxy and open the chart."""
    user, password = house.sign_ins()[role]
    context = new_context(**TABLET)
    context.add_init_script(HURRY)
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Session of")
    return Writer(page=page, name=role, user=user)


def fields_of(page: Page) -> list[tuple[str, list[str]]]:
    """Give fields of the chart with values that may stand in them; none for the note, which takes any."""
    area = page.locator("[data-area]").first.get_attribute("data-area")
    return [
        ("note", []),
        *((f"time_out.{item}", ["true", "false"]) for item in ("identity", "lot", "consent")),
        (f"area.{area}.passes", [str(number) for number in range(1, 9)]),
        (f"area.{area}.pain", [str(number) for number in range(11)]),
        (f"area.{area}.endpoint", ["even_redness", "pinpoint_bleeding"]),
    ]


def then_all_is_saved(writers: list[Writer]) -> None:
    for each in writers:
        each.page.evaluate("dispatchEvent(new Event('online'))")
        expect(each.page.locator("[data-overall]")).to_contain_text("All saved", timeout=SETTLED_MS)


@dataclass(frozen=True)
class Row:
    """One entry as the database keeps it."""

    user: str
    field: str
    text: str
    made_at: str
    kept: bool


def history(house: House, ref: str) -> list[Row]:
    """Read the history of a chart past the program, in the order in which entries arrived."""
    query = (
        "SELECT u.username, c.field, c.new, c.made_at, c.kept FROM records_sessionchange c"
        " JOIN records_user u ON u.id = c.by_id JOIN records_treatmentsession s ON s.id = c.session_id"
        " WHERE s.ref = {mark} ORDER BY c.id"
    )
    if house.database:
        with psycopg.connect(house.database) as connection:
            found: list[Any] = connection.execute(query.format(mark="%s"), [ref]).fetchall()
    else:
        with sqlite3.connect(house.data / "needlepoint.sqlite3") as lite:
            found = lite.execute(query.format(mark="?"), [ref.replace("-", "")]).fetchall()
    return [Row(user, name, plain(new), str(made_at), bool(kept)) for user, name, new, made_at, kept in found]


def plain(new: Any) -> str:
    value = json.loads(new) if isinstance(new, str) else new
    return str(value).lower() if isinstance(value, bool) else str(value)


def then_everything_entered_is_there_once_and_in_order(each: Writer, rows: list[Row]) -> None:
    assert [(row.field, row.text) for row in rows if row.user == each.user] == each.entered


def then_what_was_shown_as_saved_is_there(each: Writer, rows: list[Row]) -> None:
    there = Counter((row.field, row.text) for row in rows)
    shown = {(name, value) for name, value, _ in each.shown_as_saved()}
    assert len(shown) > len(fields_of(each.page))
    assert {one for one in shown if not there[one]} == set()


def then_in_every_field_the_newest_stands(writers: list[Writer], rows: list[Row]) -> None:
    newest = {row.field: row for row in sorted(rows, key=lambda row: row.made_at)}
    assert all(row.kept for row in newest.values())
    for each in writers:  # where one alone writes, that is what they entered last, however long the network held it
        assert {name: newest[name].text for name in each.last if own(name)} == {
            name: text for name, text in each.last.items() if own(name)
        }
    for each in writers:
        each.page.reload()
        for name, row in newest.items():
            control = each.page.locator(f'form[data-chart] [name="{name}"]')
            if row.text in {"true", "false"}:
                assert control.is_checked() is (row.text == "true")
            elif control.count() > 1:
                assert each.page.locator(f'form[data-chart] [name="{name}"]:checked').input_value() == row.text
            else:
                assert control.input_value() == row.text
