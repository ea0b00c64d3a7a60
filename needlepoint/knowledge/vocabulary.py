"""What things are called: areas, devices, indications, numbing products, operators, medicines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeVar

from needlepoint.core.case import Anaesthetic, Device, Indication
from needlepoint.core.terms import Area, DeviceKind, in_order
from needlepoint.knowledge.fields import Fields

ELSEWHERE: Final = "elsewhere"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A medicine the question on medicines offers, and the classes the rules look at."""

    id: str
    label: str
    classes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something a photograph is measured for; `higher` says what a larger value means."""

    id: str
    unit: str
    higher: str


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Every identifier that may appear in a case, a plan request, an answer or a result; in file order."""

    areas: Mapping[str, Area]
    area_groups: Mapping[str, str]
    indication_groups: Mapping[str, str]
    indications: Mapping[str, Indication]
    devices: Mapping[str, Device]
    anaesthetics: Mapping[str, Anaesthetic]
    operators: Mapping[str, str]
    sexes: Mapping[str, str]
    verdicts: Mapping[str, str]
    medicines: Mapping[str, Medicine]
    medicine_classes: frozenset[str]
    warning_codes: Mapping[str, str]
    error_classes: Mapping[str, str]
    measures: Mapping[str, Measure]
    photo_reasons: Mapping[str, str]

    @cached_property
    def area_order(self) -> Mapping[str, int]:
        """Give the place of each area, with `elsewhere` last."""
        return MappingProxyType({id_: place for place, id_ in enumerate((*self.areas, ELSEWHERE))})

    @cached_property
    def members(self) -> Mapping[str, frozenset[str]]:
        """Give the areas that each area or group id stands for; an area stands for itself."""
        spread = {id_: frozenset({id_}) for id_ in self.areas}
        for group in self.area_groups:
            spread[group] = frozenset(area.id for area in self.areas.values() if area.group == group)
        return MappingProxyType(spread)

    @cached_property
    def overlays(self) -> frozenset[str]:
        """Give the names of the device labels that are laid over the general rules."""
        return frozenset(device.overlay for device in self.devices.values())

    def expand(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Spread groups out into their areas, each area once, in vocabulary order."""
        return in_order((area for id_ in ids for area in self.members[id_]), self.area_order)


def read_vocabulary(fields: Fields) -> Vocabulary:
    """Build the vocabulary out of its file."""
    fields.text("version")
    classes = frozenset(fields.table("medicine_classes").words("ids", least=1))
    return Vocabulary(
        verdicts=_labels(fields, "verdicts", also=("rank",)),
        area_groups=(area_groups := _labels(fields, "area_groups")),
        areas=_answerable(fields, area_groups),
        indication_groups=(groups := _labels(fields, "indication_groups")),
        indications=_rows(fields, "indications", lambda row: _indication(row, groups)),
        devices=_rows(fields, "devices", _device),
        anaesthetics=_rows(fields, "anaesthetics", _anaesthetic),
        operators=_labels(fields, "operators"),
        sexes=_labels(fields, "sexes"),
        medicines=_rows(fields, "medicines", lambda row: _medicine(row, classes)),
        medicine_classes=classes,
        warning_codes=_labels(fields, "warning_codes"),
        error_classes=_labels(fields, "error_classes"),
        measures=_rows(fields, "measures", _measure),
        photo_reasons=_labels(fields, "photo_reasons"),
    )


def _rows(fields: Fields, table: str, build: Callable[[Fields], T]) -> Mapping[str, T]:
    rows: dict[str, T] = {}
    for row in fields.tables(table, least=1):
        id_ = row.text("id")
        if id_ in rows:
            raise row.unfit("id", f"{id_} stands twice")
        rows[id_] = build(row)
        row.done()
    return MappingProxyType(rows)


def _labels(fields: Fields, table: str, also: tuple[str, ...] = ()) -> Mapping[str, str]:
    def label(row: Fields) -> str:
        for key in also:
            row.raw(key)
        return row.text("label")

    return _rows(fields, table, label)


def _answerable(fields: Fields, groups: Mapping[str, str]) -> Mapping[str, Area]:
    _labels(fields, "answer_only_areas")
    return _rows(
        fields,
        "areas",
        lambda row: Area(
            row.text("id"), row.one_of("group", groups, "area group"), row.whole("sides"), row.text("label")
        ),
    )


def _indication(row: Fields, groups: Mapping[str, str]) -> Indication:
    return Indication(
        id=row.text("id"),
        group=row.one_of("group", groups, "indication group"),
        origin=row.text("origin"),
        label=row.text("label"),
        evidence=row.words("evidence", least=1),
    )


def _device(row: Fields) -> Device:
    return Device(
        id=row.text("id"),
        kind=DeviceKind(row.one_of("kind", [kind.value for kind in DeviceKind], "device kind")),
        overlay=row.text("overlay"),
        label=row.text("label"),
        facts_from=row.one_of("facts_from", ("label", "text", "unverified", "none"), "ground"),  # type: ignore[arg-type]  # one_of has just held it to the four words
        evidence=row.words("evidence", least=1),
        less_sure=row.words("less_sure"),
        needles=row.whole_or_none("needles"),
        rows=row.whole_or_none("rows"),
        around=row.whole_or_none("around"),
        drum_diameter_mm=row.number_or_none("drum_diameter_mm"),
        width_mm=row.number_or_none("width_mm"),
        needle_length_mm=row.number_or_none("needle_length_mm"),
        needle_diameter_mm=row.number_or_none("needle_diameter_mm"),
        setting_mm=row.pair_or_none("setting_mm"),
        setting_step_mm=row.number_or_none("setting_step_mm"),
        rate_hz=row.pair_or_none("rate_hz"),
    )


def _anaesthetic(row: Fields) -> Anaesthetic:
    return Anaesthetic(
        id=row.text("id"),
        route=row.one_of("route", ("topical", "injected"), "route"),
        form=row.one_of("form", ("authorised", "otc", "compounded"), "form"),
        classes=frozenset(row.words("classes", least=1)),
        label=row.text("label"),
    )


def _medicine(row: Fields, classes: frozenset[str]) -> Medicine:
    return Medicine(
        id=row.text("id"),
        label=row.text("label"),
        classes=frozenset(row.known_words("classes", classes, "medicine class")),
    )


def _measure(row: Fields) -> Measure:
    return Measure(id=row.text("id"), unit=row.text("unit"), higher=row.text("higher"))
