"""The fields of a session's chart in words: as the history, the struck originals and the lists of choices show them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions import chart_fields, stock
from needlepoint.records.models import Bleeding, Cartridge, DeviceUnit, Endpoint, Lot

if TYPE_CHECKING:
    from needlepoint.actions.chart_fields import Field, Plain
    from needlepoint.records.models import SessionArea

_UNITS: Final = {"depth_mm": "mm", "numbing_grams": "g", "numbing_area_cm2": "cm²"}
# What is said most often, for one tap; anything else is written.
DEVIATION_REASONS: Final = (
    "Patient asked for less",
    "Too painful",
    "Skin reacted early",
    "Thicker skin here",
    "Thinner skin here",
    "A spot was left out",
    "Short of time",
)
NO_PHOTO_REASONS: Final = ("Patient wants none today", "Camera not working", "Not needed this time")


def shown(field: Field, value: Plain) -> str:
    """Give a value of a field in words, as the history and the struck originals show it."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    if field.attribute in chart_fields.TIMES:
        return f"{timezone.localtime(datetime.fromisoformat(str(value))):%H:%M}"
    return _named(field, value)


def _named(field: Field, value: str | float) -> str:
    if field.attribute in _UNITS:
        return f"{value:g} {_UNITS[field.attribute]}"
    match field.attribute:
        case "endpoint":
            return str(Endpoint(str(value)).label)
        case "bleeding":
            return str(Bleeding(str(value)).label)
        case "device":
            return stock.product_label(str(value))
        case "numbing_lot" | "cartridge" | "device_unit":
            return _of_stock(field.attribute, field.row, value)
        case _:
            return str(value)


def _of_stock(attribute: str, row: Any, value: str | float) -> str:
    """Give a row of the stock in words; it is at hand where the value is the one its field holds now."""
    if attribute == "numbing_lot":
        lot = row.numbing_lot if row.numbing_lot_id == value else Lot.objects.filter(pk=str(value)).first()
        return f"{stock.product_label(lot.product)}, lot {lot.number}" if lot else f"lot {value}"
    if attribute == "cartridge":
        units = Cartridge.objects.select_related("lot")
        unit = row.cartridge if row.cartridge_id == value else units.filter(pk=str(value)).first()
        return f"lot {unit.lot.number}, unit {unit.unit}" if unit else f"unit {value}"
    own = row.device_unit if row.device_unit_id == value else DeviceUnit.objects.filter(pk=str(value)).first()
    return f"serial {own.serial}" if own else f"device {value}"


def endpoints() -> tuple[tuple[str, str], ...]:
    """Give the endpoints an area can reach, with their names."""
    return tuple((endpoint.value, str(endpoint.label)) for endpoint in Endpoint)


def bleedings() -> tuple[tuple[str, str], ...]:
    """Give how much an area can bleed, with names."""
    return tuple((amount.value, str(amount.label)) for amount in Bleeding)


def area_label(area: SessionArea) -> str:
    """Give the name of an area."""
    known = knowledge.load().vocabulary.areas.get(area.area)
    return known.label if known else area.area
