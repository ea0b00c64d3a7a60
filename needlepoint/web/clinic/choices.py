"""What the selection lists of the clinic's forms offer, out of the vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needlepoint import knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from needlepoint.knowledge.vocabulary import Vocabulary

Choice = tuple[str, str]
Grouped = list[tuple[str, list[Choice]]]

_DEVICE_KINDS = {"roller": "Rollers", "pen": "Pens", "stamp": "Stamps", "rf": "Radiofrequency"}
_ROUTES = {"topical": "Creams", "injected": "Injections"}


def devices() -> Grouped:
    """Give the devices by kind."""
    return _grouped((_DEVICE_KINDS[device.kind], device.id, device.label) for device in _names().devices.values())


def anaesthetics() -> Grouped:
    """Give the numbing products by route."""
    return _grouped((_ROUTES[item.route], item.id, item.label) for item in _names().anaesthetics.values())


def areas() -> Grouped:
    """Give the areas of the body by group."""
    groups = _names().area_groups
    return _grouped((groups[area.group], area.id, area.label) for area in _names().areas.values())


def indications() -> list[Choice]:
    """Give what can be treated."""
    return [(indication.id, indication.label) for indication in _names().indications.values()]


def operators() -> list[Choice]:
    """Give the professional roles of whoever needles."""
    return list(_names().operators.items())


def _names() -> Vocabulary:
    return knowledge.load().vocabulary


def _grouped(rows: Iterable[tuple[str, str, str]]) -> Grouped:
    groups: dict[str, list[Choice]] = {}
    for group, id_, label in rows:
        groups.setdefault(group, []).append((id_, label))
    return list(groups.items())
