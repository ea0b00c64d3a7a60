"""A session's chart as its page shows it: every field with its value as typed, who entered it, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions import chart_fields, chart_words, charting, completeness, consent, devices, signing, stock
from needlepoint.actions import session as sessions
from needlepoint.actions.last_time import last_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from needlepoint.actions.chart_fields import Field, Plain
    from needlepoint.actions.completeness import Tick
    from needlepoint.actions.last_time import AreaLastTime, LastTime
    from needlepoint.actions.stock import LotLine
    from needlepoint.records.models import Cartridge, DeviceUnit, SessionArea, SessionChange, TreatmentSession

USUAL_STEP_MM = 0.1  # of the buttons, where the device's own steps are not known


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """One field: `text` is what its control holds, `words` the same for reading, `saved` who entered it when."""

    name: str
    label: str
    text: str
    words: str
    saved: str
    error: str
    amendments: tuple[AmendmentShown, ...] = ()

    @property
    def id(self) -> str:
        """Give the id of its control in the page."""
        return self.name.replace(".", "-")

    @property
    def now(self) -> AmendmentShown | None:
        """Give the amendment that counts, if there is one."""
        return self.amendments[-1] if self.amendments else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentShown:
    """One correction of a signed field."""

    words: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShown:
    """One area with its plan and its fields by name."""

    pk: int
    area: str
    label: str
    device: str
    plan_words: str
    planned_depth: str
    planned_passes: str
    last_words: str
    last_says: str
    state: str
    ceiling: str
    step_mm: float
    fields: Mapping[str, FieldShown]
    differs: str
    units: tuple[tuple[int, str], ...]
    cartridges: tuple[tuple[int, str], ...]

    @property
    def planned_says(self) -> str:
        """Give what a button enters that sets depth and passes as planned."""
        return says({f"area.{self.pk}.depth_mm": self.planned_depth, f"area.{self.pk}.passes": self.planned_passes})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A lot that can be opened for this session; `first` is the one to open next of its product."""

    line: LotLine
    first: bool
    opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One limit of the numbing beside what there is of it: minutes, grams or cm²."""

    id: str
    unit: str
    value: float
    most: float

    @property
    def over(self) -> bool:
        """Say whether there is more than the limit."""
        return self.value > self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartShown:
    """The whole chart."""

    session: TreatmentSession
    fields: Mapping[str, FieldShown]
    time_out: tuple[FieldShown, ...]
    areas: tuple[AreaShown, ...]
    opened: tuple[Cartridge, ...]
    offers: tuple[Offer, ...]
    numbing_lots: tuple[LotLine, ...]
    limits: dict[str, Any] | None
    limit_words: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]
    last_time: LastTime | None
    numbing_says: str
    numbing_says_last: str
    numbing_product: str
    aftercare: tuple[str, ...]
    ticks: tuple[Tick, ...]
    remarks: tuple[str, ...]
    withdrawn: bool
    last: int
    devices: tuple[tuple[str, str], ...]

    @property
    def labels(self) -> dict[str, str]:
        """Give what each field is called, its area included."""
        whole = {field.name: field.label for field in (*self.fields.values(), *self.time_out)}
        return whole | {f.name: f"{area.label}, {f.label}" for area in self.areas for f in area.fields.values()}

    @property
    def says_planned(self) -> str:
        """Give what a button enters that sets depth and passes of all areas as planned."""
        return "\n".join(area.planned_says for area in self.areas if area.planned_says)

    @property
    def says_last(self) -> str:
        """Give what a button enters that sets depth and passes of all areas as last time; empty without a last time."""
        return "\n".join(area.last_says for area in self.areas if area.last_says)

    @property
    def finished(self) -> int:
        """Give how many areas are done with."""
        return sum(area.state in {"done", "left"} for area in self.areas)

    @property
    def missing(self) -> int:
        """Give how many things stand in the way of a signature."""
        return sum(len(tick.missing) for tick in self.ticks)


def says(entries: Mapping[str, str]) -> str:
    """Give what a button enters when it is pressed: a line each, as field=value."""
    return "\n".join(f"{name}={text}" for name, text in entries.items() if text)


def state_of(area: SessionArea) -> str:
    """Give where the work on an area stands: planned, begun, done or left."""
    if area.endpoint == "not_treated":
        return "left"
    if area.finished_at is not None:
        return "done"
    return "begun" if area.endpoint or area.depth_mm is not None or area.pain is not None else "planned"


def text_of(field: Field, value: Plain) -> str:
    """Give a value as the control of its field holds it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if field.attribute in chart_fields.TIMES:
        return f"{timezone.localtime(datetime.fromisoformat(str(value))):%H:%M}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def saved_words(change: SessionChange | None) -> str:
    """Give who entered a value and when it was made."""
    return f"{timezone.localtime(change.made_at):%H:%M:%S} {change.by}" if change else ""


def chart_shown(
    session: TreatmentSession, *, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None
) -> ChartShown:
    """Give the chart for its page; what was typed and refused stays in its field with the reason."""
    typed, wrong = typed or {}, wrong or {}
    areas = charting.areas_of(session)
    changes = charting.last_changes(session)
    amended = _amended(session, areas)
    opened = charting.opened(session)
    fields = {
        name: _field(chart_fields.field_of(session, name, areas=areas), changes, amended, typed, wrong)
        for name in chart_fields.names(session, areas)
    }
    limits = sessions.numbing_limits(session)
    locked = session.signed_at is not None or session.struck_at is not None
    numbing_lots = () if locked else _numbing_lots(session, limits)
    before = None if locked else last_time(session)
    return ChartShown(
        session=session,
        fields={name: field for name, field in fields.items() if "." not in name},
        time_out=tuple(field for name, field in fields.items() if name.startswith("time_out.")),
        areas=_areas(session, areas, fields, opened, before),
        opened=opened,
        offers=() if locked else _offers(session, areas, opened),
        numbing_lots=numbing_lots,
        limits=limits,
        limit_words=_limit_words(limits or {}),
        bars=_bars(session, limits or {}),
        last_time=before,
        numbing_says=_numbing_planned(session, numbing_lots) if limits else "",
        numbing_says_last=says(before.numbing) if before and limits and "numbing_lot" in before.numbing else "",
        numbing_product=stock.product_label(limits["product"]) if limits else "",
        aftercare=tuple(step["text"] for step in session.plan.result["aftercare"]) if session.plan else (),
        ticks=completeness.ticks(session, areas),
        remarks=completeness.remarks(session),
        withdrawn=not locked and session.consent_id is not None and not consent.allows(session.course, "treatment"),
        last=max((change.pk for change in changes.values()), default=0),
        devices=tuple(sessions.devices().items()),
    )


def _field(
    field: Field,
    changes: Mapping[str, SessionChange],
    amended: Mapping[str, list[AmendmentShown]],
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
) -> FieldShown:
    value = chart_fields.value_of(field)
    return FieldShown(
        name=field.name,
        label=field.label,
        text=typed.get(field.name, text_of(field, value)) if field.name in wrong else text_of(field, value),
        words=chart_words.shown(field, value),
        saved=saved_words(changes.get(field.name)),
        error=wrong.get(field.name, ""),
        amendments=tuple(amended.get(field.name, ())),
    )


def _amended(session: TreatmentSession, areas: dict[int, SessionArea]) -> dict[str, list[AmendmentShown]]:
    if session.signed_at is None:
        return {}
    found: dict[str, list[AmendmentShown]] = {}
    for change in signing.amendments(session):
        field = chart_fields.field_of(session, change.field, areas=areas)
        words = chart_words.shown(field, change.new)
        shown = AmendmentShown(words=words, reason=change.reason, by=str(change.by), at=change.at)
        found.setdefault(change.field, []).append(shown)
    return found


def _areas(
    session: TreatmentSession,
    areas: dict[int, SessionArea],
    fields: Mapping[str, FieldShown],
    opened: tuple[Cartridge, ...],
    before: LastTime | None,
) -> tuple[AreaShown, ...]:
    planned = sessions.planned(session)
    units = devices.usable_units(on=session.on) if session.signed_at is None else ()
    known = knowledge.load().vocabulary.devices
    cartridges = tuple((unit.pk, f"lot {unit.lot.number}, unit {unit.unit}") for unit in opened)
    past = before.areas if before else {}
    return tuple(
        AreaShown(
            pk=pk,
            area=area.area,
            label=chart_words.area_label(area),
            device=stock.product_label(area.device),
            plan_words=_plan_words(area, planned.get(area.area, {})),
            planned_depth=f"{area.planned_depth_mm:g}" if area.planned_depth_mm is not None else "",
            planned_passes=str(area.planned_passes) if area.planned_passes is not None else "",
            last_words=past[area.area].words if area.area in past else "",
            last_says=_says_last(pk, past[area.area]) if area.area in past else "",
            state=state_of(area),
            ceiling=_with_unit(planned.get(area.area, {}).get("depth_ceiling_mm"), "mm"),
            step_mm=known[area.device].setting_step_mm or USUAL_STEP_MM,
            fields={name: fields[f"area.{pk}.{name}"] for name in chart_fields.AREA_FIELDS},
            differs=", ".join(completeness.differs(area, planned.get(area.area))),
            units=_units(area, units),
            cartridges=cartridges,
        )
        for pk, area in areas.items()
    )


def _units(area: SessionArea, usable: tuple[DeviceUnit, ...]) -> tuple[tuple[int, str], ...]:
    """Give the devices an area can be treated with, also the chosen one that was taken out of use since."""
    units = [unit for unit in usable if unit.model == area.device]
    if area.device_unit is not None and area.device_unit not in units:
        units.append(area.device_unit)
    return tuple((unit.pk, unit.serial) for unit in units)


def _says_last(pk: int, before: AreaLastTime) -> str:
    depth = f"{before.depth_mm:g}" if before.depth_mm is not None else ""
    return says({f"area.{pk}.depth_mm": depth, f"area.{pk}.passes": str(before.passes or "")})


def _numbing_planned(session: TreatmentSession, lots: tuple[LotLine, ...]) -> str:
    """Give what a button enters that begins the numbing as planned: the lot to use first, on the planned areas."""
    if not lots:
        return ""
    size = sum(line.get("area_cm2") or 0 for line in sessions.planned(session).values())
    return says({"numbing_lot": str(lots[0].lot.pk), "numbing_area_cm2": f"{size:.0f}" if size else ""})


def _bars(session: TreatmentSession, limits: Mapping[str, Any]) -> tuple[Bar, ...]:
    """Give the limits of the numbing that can run out, each with what there is of it now."""
    minutes = 0.0
    if session.numbing_on is not None:
        minutes = max(0.0, ((session.numbing_off or timezone.now()) - session.numbing_on).total_seconds() / 60)
    now = (("max_minutes", "min", minutes), ("max_g", "g", session.numbing_grams),
           ("max_area_cm2", "cm²", session.numbing_area_cm2))  # fmt: skip
    return tuple(
        Bar(id=name, unit=unit, value=float(value or 0), most=limits[name])
        for name, unit, value in now
        if limits.get(name)
    )


_LIMITS = (
    ("max_g", "At most", "g of product"),
    ("max_mg", "At most", "mg of lidocaine"),
    ("max_area_cm2", "On at most", "cm² at one time"),
    ("max_minutes", "For at most", "min"),
    ("apply_before_min", "On the skin", "min before the first puncture"),
)


def _limit_words(limits: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = ((label, _with_unit(limits.get(name), unit)) for name, label, unit in _LIMITS)
    return tuple((label, words) for label, words in rows if words)


def _with_unit(value: float | None, unit: str) -> str:
    return f"{value:g} {unit}" if value is not None else ""


def _plan_words(area: SessionArea, planned: Mapping[str, Any]) -> str:
    if area.planned_depth_mm is None:
        return "Not planned"
    passes = area.planned_passes
    words = f"{area.planned_depth_mm:g} mm, {passes} pass{'' if passes == 1 else 'es'}"
    if "beyond" not in planned:
        return words
    beyond = planned["beyond"]
    return f"{words}, beyond the {beyond['evaluated_mm']:g} mm evaluated, allowed by {beyond['by']}: {beyond['reason']}"


def _offers(
    session: TreatmentSession, areas: dict[int, SessionArea], opened: tuple[Cartridge, ...]
) -> tuple[Offer, ...]:
    """Give the lots that fit the devices of this session, the first to expire first of each."""
    have = {unit.lot.product for unit in opened}
    seen: set[str] = set()
    offers = []
    for line in stock.usable_lots((area.device for area in areas.values()), on=session.on):
        product = line.lot.product
        offers.append(Offer(line=line, first=product not in seen, opened=product in have))
        seen.add(product)
    return tuple(offers)


def _numbing_lots(session: TreatmentSession, limits: dict[str, Any] | None) -> tuple[LotLine, ...]:
    if session.plan is not None:
        return stock.usable_lots([limits["product"]], on=session.on) if limits else ()
    wanted = [product.id for product in stock.products() if product.kind == stock.ANAESTHETIC]
    return stock.usable_lots(wanted, on=session.on)


def choices_of(attribute: str, shown: ChartShown) -> tuple[tuple[str, str], ...]:
    """Give what a field of a signed chart can be amended to, where it names a row of the stock."""
    match attribute:
        case "cartridge":
            return tuple((str(unit.pk), f"lot {unit.lot.number}, unit {unit.unit}") for unit in shown.opened)
        case "bleeding":
            return chart_words.bleedings()
        case "device_unit":
            units = devices.device_units()
            return tuple((str(unit.pk), f"{stock.product_label(unit.model)} {unit.serial}") for unit in units)
        case _:
            lots = stock.lots_of_kind(stock.ANAESTHETIC)
            return tuple((str(lot.pk), f"{stock.product_label(lot.product)}, lot {lot.number}") for lot in lots)
