"""Devices: what each is, when it is chosen, what its label covers, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from needlepoint.core.planning.facts import DeviceFacts, DeviceLabel
from needlepoint.core.terms import DeviceKind
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from needlepoint.core.case import Device
    from needlepoint.knowledge.evidence import Row

_SKIN_TYPES = range(1, 7)
_SAME = 1e-9

# What is to be known of a device of each kind; what no fact of the card gives is not known.
_NEEDLES: Final = ("needles", "needle_length_mm", "needle_diameter_mm", "tip")
FACTS: Final[Mapping[DeviceKind, tuple[str, ...]]] = MappingProxyType({
    DeviceKind.ROLLER: (*_NEEDLES, "rows", "around", "drum_diameter_mm", "width_mm"),
    DeviceKind.PEN: (
        *_NEEDLES, "layout", "rate_hz", "depth_mm", "depth_step_mm", "depth_tolerance_mm", "evaluated_depth_mm",
    ),
    DeviceKind.STAMP: (*_NEEDLES, "layout"),
    DeviceKind.RF: (),
})  # fmt: skip
How = Literal["seen", "memory", "derived", "carried over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One fact of a device and how well it is known; `carried over` is taken from a sister model."""

    name: str
    value: float | str | tuple[float, float]
    how: How
    row: Row
    note: str

    @property
    def said(self) -> str:
        """Give the value as it is printed."""
        if isinstance(self.value, tuple):
            return f"{self.value[0]:g} to {self.value[1]:g}" if self.value[0] != self.value[1] else f"{self.value[0]:g}"
        return self.value if isinstance(self.value, str) else f"{self.value:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCard:
    """A device as the planner sees it, and the words about it.

    `chosen`: when it is taken. `regulation`: what regulators have on it. `unsure`: what is not known or ill known.
    `known`: each fact with how well it is known; `not_known`: those of its kind that nobody has told.
    """

    facts: DeviceFacts
    chosen: str
    regulation: str
    unsure: tuple[str, ...]
    known: tuple[Known, ...]
    not_known: tuple[str, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """Give the regulators' record numbers, each once."""
        return tuple(dict.fromkeys(label.record for label in self.facts.labels))


def read_device(fields: Fields, card: Card, shelf: Shelf) -> DeviceCard:
    """Build the payload of a device card; geometry and settings come from the vocabulary."""
    device = shelf.vocabulary.devices[fields.one_of("device", shelf.vocabulary.devices, "device")]
    facts = DeviceFacts(
        device=device,
        card=card.id,
        planned=fields.flag("planned", default=True),
        because=card.because,
        rank=fields.whole_or_none("rank"),
        rate_hz=fields.number_or_none("rate_hz"),
        evaluated_depth_mm=fields.number_or_none("evaluated_depth_mm"),
        tolerance_mm=fields.number_or_none("tolerance_mm"),
        labels=tuple(_label(row, shelf) for row in fields.tables("label")),
    )
    known = tuple(_known(row, card, shelf, facts) for row in fields.tables("fact"))
    names = [fact.name for fact in known]
    if len(set(names)) != len(names):
        raise fields.unfit("fact", "names something twice")
    return DeviceCard(
        facts=facts,
        chosen=fields.text("chosen"),
        regulation=fields.text("regulation"),
        unsure=fields.words("unsure"),
        known=known,
        not_known=tuple(name for name in FACTS[device.kind] if name not in names),
    )


def _known(row: Fields, card: Card, shelf: Shelf, facts: DeviceFacts) -> Known:
    evidence = row.one_of("evidence", shelf.rows, "evidence row")
    if evidence not in card.evidence:
        raise row.unfit("evidence", f"{evidence} is not among the rows of the card")
    fact = Known(
        name=row.one_of("name", FACTS[facts.device.kind], "fact of such a device"),
        value=_value(row),
        how=cast(How, row.one_of("how", get_args(How), "way of knowing")),
        row=shelf.rows[evidence],
        note=row.text_or_none("note") or "",
    )
    said = _used(facts).get(fact.name)
    if fact.name in _used(facts) and not _same(fact.value, said):
        raise row.unfit("value", f"is {fact.value}, and the plan reckons with {said}")
    row.done()
    return fact


def _value(row: Fields) -> float | str | tuple[float, float]:
    value = row.raw("value")
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list):
        pair = Fields(row.file, {"value": value}, row.path).pair_or_none("value")
        if pair is not None:
            return pair
    return Fields(row.file, {"value": value}, row.path).number("value")


def _used(facts: DeviceFacts) -> Mapping[str, float | tuple[float, float] | None]:
    """Give the numbers that plans reckon with, by the names of the facts."""
    device: Device = facts.device
    return {
        "needles": device.needles,
        "rows": device.rows,
        "around": device.around,
        "drum_diameter_mm": device.drum_diameter_mm,
        "width_mm": device.width_mm,
        "needle_length_mm": device.needle_length_mm,
        "needle_diameter_mm": device.needle_diameter_mm,
        "rate_hz": device.rate_hz,
        "depth_mm": device.setting_mm,
        "depth_step_mm": device.setting_step_mm,
        "depth_tolerance_mm": facts.tolerance_mm,
        "evaluated_depth_mm": facts.evaluated_depth_mm,
    }


def _same(told: float | str | tuple[float, float], said: float | tuple[float, float] | None) -> bool:
    """Say whether a fact is what the plan reckons with; a number that no plan needs may stand in the facts alone."""
    if said is None or isinstance(told, str):
        return said is None
    ours, theirs = (value if isinstance(value, tuple) else (value, value) for value in (told, said))
    return all(abs(one - other) < _SAME for one, other in zip(ours, theirs, strict=True))


def _label(row: Fields, shelf: Shelf) -> DeviceLabel:
    vocabulary = shelf.vocabulary
    label = DeviceLabel(
        record=row.text("record"),
        row=row.one_of("evidence", shelf.rows, "evidence row"),
        indications=frozenset(row.known_words("indications", vocabulary.indications, "indication", least=1)),
        areas=frozenset(vocabulary.expand(row.known_words("areas", vocabulary.members, "area", least=1))),
        fitzpatrick=frozenset(_skin_types(row)),
        least_age=row.whole_or_none("least_age"),
    )
    row.done()
    return label


def _skin_types(row: Fields) -> list[int]:
    types = row.raw("fitzpatrick") if row.has("fitzpatrick") else []
    if not isinstance(types, list) or not all(type(kind) is int and kind in _SKIN_TYPES for kind in types):
        raise row.unfit("fitzpatrick", "must be a list of skin types, 1 to 6")
    return types
