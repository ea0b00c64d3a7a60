"""The fields of a session's chart: what each may hold, and how it is read from what was typed.

A field is named `note`, `time_out.lot` or `area.<number>.depth_mm`. Its value is kept as plain data (a number, a text,
a truth value, the number of a row, or a time written as ISO 8601), which is also how the history of changes keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils import timezone

from needlepoint.actions import devices, stock
from needlepoint.actions import session as sessions
from needlepoint.records.models import Bleeding, Cartridge, DeviceUnit, Endpoint, Lot, SessionArea, TimeOut

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from needlepoint.records.models import TreatmentSession

Plain = str | int | float | bool | None

NOW: Final = "now"
LONGEST_NOTE: Final = 10_000
LONGEST_REASON: Final = 200
MOST_GRAMS: Final = 500.0  # what the column holds; the limit of a patient comes from the plan
MOST_CM2: Final = 9999.0  # as above
DEEPEST_MM: Final = 5.0  # as above
MOST_PASSES: Final = 99
MOST_PAIN: Final = 10
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_AREA: Final = re.compile(r"area\.(\d{1,18})\.([a-z_]+)")


class NoSuchField(LookupError):
    """The chart has no field of this name."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__("This chart has no such field.")


class NotAValue(Exception):
    """What was entered cannot stand in this field; the words say what can."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody entered: the text, when it was made, in which session and area."""

    text: str
    made_at: datetime
    session: TreatmentSession
    area: SessionArea | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of one chart, ready to be read, shown and set."""

    name: str
    label: str
    attribute: str
    row: TreatmentSession | SessionArea
    read: Callable[[Entry], Plain]

    @property
    def area(self) -> SessionArea | None:
        """Give the area this field belongs to, or nothing for a field of the whole session."""
        return self.row if isinstance(self.row, SessionArea) else None


def field_of(session: TreatmentSession, name: str, *, areas: dict[int, SessionArea]) -> Field:
    """Give a field of this chart by its name.

    Raises
    ------
    NoSuchField
        The chart has none of this name.

    """
    found = _AREA.fullmatch(name)
    if found:
        area = areas.get(int(found[1]))
        kind = AREA_FIELDS.get(found[2])
        if area is not None and kind is not None:
            return Field(name=name, label=kind[0], attribute=found[2], row=area, read=kind[1])
    elif name.startswith("time_out.") and name.removeprefix("time_out.") in TimeOut.values:
        item = TimeOut(name.removeprefix("time_out."))
        return Field(name=name, label=item.label, attribute=item.value, row=session, read=_truth)
    elif name in SESSION_FIELDS:
        label, read = SESSION_FIELDS[name]
        return Field(name=name, label=label, attribute=name, row=session, read=read)
    raise NoSuchField(name)


def charted_with(session: TreatmentSession) -> QuerySet[Cartridge]:
    """Give the cartridges a chart may name: opened for it, or under the wrong patient for whom it was charted first."""
    return Cartridge.objects.filter(Q(session=session) | Q(session__strike__continued_as=session))


def names(session: TreatmentSession, areas: dict[int, SessionArea]) -> list[str]:
    """Give the names of all fields of a chart, in the order in which they are worked through."""
    return [
        *SESSION_FIELDS,
        *(f"time_out.{item}" for item in TimeOut.values),
        *(f"area.{pk}.{name}" for pk in areas for name in AREA_FIELDS),
    ]


def value_of(field: Field) -> Plain:
    """Give what a field holds now, as plain data."""
    if field.name.startswith("time_out."):
        return field.attribute in field.row.time_out  # type: ignore[union-attr]  # only a session has such fields
    value = getattr(field.row, COLUMNS.get(field.attribute, field.attribute))
    if field.attribute in TICKED:
        return value is not None
    if isinstance(value, datetime):
        return value.isoformat()
    return value  # type: ignore[no-any-return]  # a number, a text or nothing


def put(field: Field, value: Plain, *, made_at: datetime) -> list[str]:
    """Set a field to a value that was read for it; give the columns that changed."""
    if field.name.startswith("time_out."):
        return _tick(field, value is True, made_at=made_at)
    column = COLUMNS.get(field.attribute, field.attribute)
    kept: Any = value
    if field.attribute in TICKED:
        kept = made_at if value else None
    elif field.attribute in TIMES:
        kept = datetime.fromisoformat(str(value)) if value else None
    elif value is None and field.attribute in TEXTS:
        kept = ""
    setattr(field.row, column, kept)
    return [column.removesuffix("_id")]


def _tick(field: Field, ticked: bool, *, made_at: datetime) -> list[str]:
    session: Any = field.row
    done = {*session.time_out, field.attribute} if ticked else {*session.time_out} - {field.attribute}
    session.time_out = [item for item in TimeOut.values if item in done]
    complete = len(session.time_out) == len(TimeOut.values)
    session.time_out_at = (session.time_out_at or made_at) if complete else None
    return ["time_out", "time_out_at"]


# ------------------------------------------------------------------------------------------------ reading


def _truth(entry: Entry) -> bool:
    if entry.text in {"true", "on", "1"}:
        return True
    if entry.text in {"false", "off", "0", ""}:
        return False
    raise NotAValue("", "Tick it or leave it.")


def _note(entry: Entry) -> str:
    text = entry.text.replace("\r\n", "\n")  # browsers send line ends as the network likes them
    if len(text) > LONGEST_NOTE or "\0" in text:
        raise NotAValue("", f"The note holds at most {LONGEST_NOTE} characters.")
    return text


def _reason(entry: Entry) -> str:
    words = " ".join(entry.text.split())
    if len(words) > LONGEST_REASON:
        raise NotAValue("", f"The reason holds at most {LONGEST_REASON} characters.")
    return words


def _number(entry: Entry, *, most: float, unit: str) -> float | None:
    text = entry.text.strip().replace(",", ".")
    if not text:
        return None
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text, re.ASCII) or not 0 < float(text) <= most:
        raise NotAValue("", f"Enter a number of {unit} above 0, at most {most:g}.")
    return float(text)


def _whole(entry: Entry, *, least: int, most: int, what: str) -> int | None:
    text = entry.text.strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not least <= int(text) <= most:
        raise NotAValue("", f"Enter {what} as a whole number, {least} to {most}.")
    return int(text)


def _time(entry: Entry) -> str | None:
    text = entry.text.strip()
    if not text:
        return None
    if text == NOW:
        return entry.made_at.isoformat()
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        raise NotAValue("", "Enter a time as hours and minutes, for example 14:05.")
    local = timezone.localtime(entry.session.opened_at)
    return local.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0).isoformat()


def _endpoint(entry: Entry) -> str:
    if entry.text and entry.text not in Endpoint.values:
        raise NotAValue("", "Choose an endpoint of the list.")
    return entry.text


def _bleeding(entry: Entry) -> str:
    if entry.text and entry.text not in Bleeding.values:
        raise NotAValue("", "Choose how much it bled of the list.")
    return entry.text


def _device(entry: Entry) -> str:
    if entry.text not in sessions.devices():
        raise NotAValue("", "Choose a device of the list.")
    return entry.text


def _row_number(entry: Entry) -> int | None:
    text = entry.text.strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise NotAValue("", "Choose one of the list.")
    return int(text)


def _unit(entry: Entry) -> int | None:
    number = _row_number(entry)
    if number is None:
        return None
    # Held, so that nobody takes it out of use meanwhile.
    unit = DeviceUnit.objects.select_for_update().filter(pk=number).first()
    if unit is None:
        raise NotAValue("", "Choose a device of the clinic.")
    held = entry.area is not None and entry.area.device_unit_id == number
    reason = devices.unusable_because(unit, on=entry.session.on)
    if reason and not held and not entry.session.signed_at:  # an amendment says what was used
        raise NotAValue("", reason)
    return number


def _cartridge(entry: Entry) -> int | None:
    number = _row_number(entry)
    if number is not None and not charted_with(entry.session).filter(pk=number).exists():
        raise NotAValue("", "Open the cartridge for this session first.")
    return number


def _numbing_lot(entry: Entry) -> int | None:
    number = _row_number(entry)
    if number is None:
        return None
    # Held, so that a recall that runs meanwhile finds either this entry or the lot untouched.
    lot = Lot.objects.select_for_update().filter(pk=number, kind=stock.ANAESTHETIC).first()
    if lot is None:
        raise NotAValue("", "Choose a numbing product of the list.")
    if entry.session.signed_at:
        return number  # an amendment says what was used, whatever became of the lot
    reason = stock.unusable_because(lot, on=entry.session.on)
    if reason and number != entry.session.numbing_lot_id:
        raise NotAValue("", reason)
    limits = sessions.numbing_limits(entry.session)
    if entry.session.plan_id and (limits is None or lot.product != limits["product"]):
        planned = stock.product_label(limits["product"]) if limits else "no numbing"
        raise NotAValue("", f"The plan has {planned}. Plan again before you use another product.")
    if limits and limits["blocked_by"]:
        raise NotAValue("", "The plan rules this product out for this patient.")
    return number


SESSION_FIELDS: Final[dict[str, tuple[str, Callable[[Entry], Plain]]]] = {
    "numbing_lot": ("Numbing product and lot", _numbing_lot),
    "numbing_grams": ("Numbing, grams", lambda entry: _number(entry, most=MOST_GRAMS, unit="grams")),
    "numbing_area_cm2": ("Numbing, area in cm²", lambda entry: _number(entry, most=MOST_CM2, unit="cm²")),
    "numbing_on": ("Numbing on", _time),
    "numbing_off": ("Numbing off", _time),
    "started_at": ("First puncture", _time),
    "finished_at": ("Last puncture", _time),
    "cooled_at": ("Cooling on", _time),
    "aftercare_given": ("Aftercare explained and given in writing", _truth),
    "left_at": ("Patient left", _time),
    "no_photo_reason": ("Why there is no photograph", _reason),
    "note": ("Note", _note),
}
AREA_FIELDS: Final[dict[str, tuple[str, Callable[[Entry], Plain]]]] = {
    "device": ("Device", _device),
    "device_unit": ("Device of the clinic", _unit),
    "cartridge": ("Cartridge", _cartridge),
    "depth_mm": ("Depth, mm", lambda entry: _number(entry, most=DEEPEST_MM, unit="millimetres")),
    "passes": ("Passes", lambda entry: _whole(entry, least=1, most=MOST_PASSES, what="passes")),
    "endpoint": ("Endpoint", _endpoint),
    "bleeding": ("Bleeding", _bleeding),
    "pain": ("Pain, 0 to 10", lambda entry: _whole(entry, least=0, most=MOST_PAIN, what="pain")),
    "deviation_reason": ("Why it differs from the plan", _reason),
    "finished": ("Area finished", _truth),
}
TICKED: Final = frozenset({"aftercare_given", "finished"})  # kept as the time of the tick
TIMES: Final = frozenset({"numbing_on", "numbing_off", "started_at", "finished_at", "cooled_at", "left_at"})
TEXTS: Final = frozenset({"note", "deviation_reason", "no_photo_reason", "endpoint", "bleeding", "device"})
# These came later: a chart that was signed without them holds nothing in them, and its seal is made without them.
LATER: Final = frozenset({"numbing_area_cm2", "cooled_at", "left_at", "no_photo_reason", "bleeding"})
COLUMNS: Final = {
    "numbing_lot": "numbing_lot_id",
    "device_unit": "device_unit_id",
    "cartridge": "cartridge_id",
    "aftercare_given": "aftercare_given_at",
    "finished": "finished_at",
}
