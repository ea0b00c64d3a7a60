"""The texts of messages that a new clinic begins with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from needlepoint.knowledge.fields import Fields

FILE: Final = Path(__file__).with_name("messages.toml")
KEYS: Final = ("preparation", "aftercare", "check_in", "recall", "recall_reminder")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMessage:
    """What a message is called, its subject and its body, with the fields to be filled in braces."""

    label: str
    subject: str
    body: str


@cache
def first_messages() -> Mapping[str, FirstMessage]:
    """Give the texts by key.

    Raises
    ------
    Unfit
        When the file says something it may not say; the message names the field.

    """
    fields = Fields(FILE.name, tomllib.loads(FILE.read_text("utf-8")))
    found = {key: _message(fields.table(key)) for key in KEYS}
    fields.done()
    return MappingProxyType(found)


def _message(fields: Fields) -> FirstMessage:
    message = FirstMessage(
        label=fields.text("label"), subject=fields.text("subject"), body="\n\n".join(fields.words("body")) + "\n"
    )
    fields.done()
    return message
