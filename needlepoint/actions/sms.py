"""Short messages: the interface, and the carrier that writes each into a file, until the clinic names another one.

A carrier is any function of (message, body) that NEEDLEPOINT_SMS_CARRIER names; it raises when it cannot send.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from needlepoint.records.models import Message


def to_file(message: Message, body: str) -> None:
    """Write a short message into the folder `sms` of the data folder, whole or not at all."""
    folder = settings.DATA / "sms"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{message.ref}.json"
    beside = place.with_suffix(".part")
    beside.write_text(json.dumps({"to": message.address, "text": body}, ensure_ascii=False), encoding="utf-8")
    beside.replace(place)
