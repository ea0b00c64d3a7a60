"""The kinds of cards, and who reads what only that kind says.

A new kind is one module with a frozen payload and a reader `(fields, card, shelf) -> payload`, and one line here.
The reader takes its keys out of `fields` (what is left over is refused) and may look at the envelope in `card`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from needlepoint.knowledge.area import read_area
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.care import read_care
from needlepoint.knowledge.combination import read_combination
from needlepoint.knowledge.contraindication import read_contraindication
from needlepoint.knowledge.device import read_device
from needlepoint.knowledge.dose import read_dose
from needlepoint.knowledge.emergency import read_emergency
from needlepoint.knowledge.expectation import read_expectation
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.indication import read_indication
from needlepoint.knowledge.limit import read_limit
from needlepoint.knowledge.protocol import read_protocol
from needlepoint.knowledge.public import read_claim, read_procedure, read_result, read_risk
from needlepoint.knowledge.scale import read_scale
from needlepoint.knowledge.shelf import Shelf
from needlepoint.knowledge.triage import read_triage

KINDS: Final[Mapping[str, Callable[[Fields, Card, Shelf], object]]] = {
    "contraindication": read_contraindication,
    "jurisdiction": read_contraindication,
    "area": read_area,
    "device": read_device,
    "indication": read_indication,
    "dose": read_dose,
    "limit": read_limit,
    "protocol": read_protocol,
    "preparation": read_care,
    "aftercare": read_care,
    "triage": read_triage,
    "emergency": read_emergency,
    "expectation": read_expectation,
    "combination": read_combination,
    "scale": read_scale,
    "procedure": read_procedure,
    "risk": read_risk,
    "result": read_result,
    "claim": read_claim,
}
