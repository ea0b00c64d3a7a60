"""Somebody who uses the keyboard alone: Tab, Shift, Space, Enter, the arrows and the letters."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

MOST_STOPS = 300  # more stops than this before something is reached count as out of reach
MOST_ARROWS = 30

_HAS_FOCUS = "element => element === document.activeElement"
_IS_ITS_GROUP = """element => document.activeElement.type === "radio"
    && document.activeElement.name === element.name && document.activeElement.form === element.form"""


@dataclass(frozen=True)
class Keyboard:
    """The hands on the keys of one page."""

    page: Page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def reach(self, target: Locator, *, condition: str = _HAS_FOCUS) -> None:
        """Press Tab until something has the focus."""
        target.wait_for(state="attached")
        for _ in range(MOST_STOPS):
            if target.evaluate(condition):
                return
            self.press("Tab")
        raise AssertionError(f"No key leads to {target}.")

    def follow(self, link: Locator) -> None:
        self.reach(link)
        self.press("Enter")

    def push(self, button: Locator) -> None:
        self.reach(button)
        self.press("Space")

    def tick(self, box: Locator) -> None:
        self.reach(box)
        if not box.is_checked():
            self.press("Space")

    def choose(self, radio: Locator) -> None:
        """Reach the group of a choice, go to it with the arrows, and take it."""
        self.reach(radio, condition=_IS_ITS_GROUP)
        for _ in range(MOST_ARROWS):
            if radio.evaluate(_HAS_FOCUS):
                break
            self.press("ArrowDown")
        if not radio.is_checked():
            self.press("Space")

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def pick(self, choice: Locator, first_letters: str) -> None:
        """Pick from a list by typing how it begins."""
        self.reach(choice)
        self.page.keyboard.type(first_letters)
