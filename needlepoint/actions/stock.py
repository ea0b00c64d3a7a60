"""The stock: what comes in with which lot, what is left, what may be used first, and what is held back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Count, Q

from needlepoint import knowledge
from needlepoint.actions import access, audit, recall_match, trade_items
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.lot_codes import LOT_NUMBER
from needlepoint.actions.trade_items import NotReceived
from needlepoint.core.terms import DeviceKind
from needlepoint.records.models import Cartridge, Lot, LotState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from needlepoint.actions.actor import Actor

CARTRIDGE, ROLLER, ANAESTHETIC, SERUM = "cartridge", "roller", "anaesthetic", "serum"
SINGLE_USE: Final = (CARTRIDGE, ROLLER)
BY_LOT: Final = (ANAESTHETIC, SERUM)  # used from one pack until it is empty, so that units are not counted
LOTS_SHOWN: Final = 100
MOST_UNITS: Final = 999  # of one delivery; unit numbers have three digits at least
LONGEST_NAME: Final = 60

# The life of a lot. One that was recalled goes back into use only by way of quarantine.
LOT_MOVES: Final[dict[LotState, dict[str, LotState]]] = {
    LotState.IN_STOCK: {"hold back": LotState.QUARANTINED, "recall": LotState.RECALLED},
    LotState.QUARANTINED: {"release": LotState.IN_STOCK, "recall": LotState.RECALLED},
    LotState.RECALLED: {"call off the recall": LotState.QUARANTINED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something that is kept in lots: a single-use cartridge or roller of a device, or a numbing product."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """A lot as the stock list shows it: `state` is in_stock, quarantined, recalled or expired."""

    lot: Lot
    product: str
    state: str
    left: int | None
    used: int

    @property
    def usable(self) -> bool:
        """Say whether something of this lot may be used on the day of the list."""
        return self.state == LotState.IN_STOCK


def products() -> tuple[Product, ...]:
    """Give everything that can be received, in the order of the vocabulary."""
    names = knowledge.load().vocabulary
    kinds = {DeviceKind.ROLLER: ROLLER, DeviceKind.PEN: CARTRIDGE, DeviceKind.STAMP: CARTRIDGE}
    devices = [
        Product(kind=kinds[device.kind], id=device.id, label=device.label)
        for device in names.devices.values()
        if device.kind in kinds
    ]
    return (*devices, *(Product(kind=ANAESTHETIC, id=a.id, label=a.label) for a in names.anaesthetics.values()))


def product_label(id_: str) -> str:
    """Give the name of a product or device."""
    names = knowledge.load().vocabulary
    found = names.devices.get(id_) or names.anaesthetics.get(id_)
    return found.label if found else id_


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What else a pack says of itself: its trade number, the unit's serial number, when and by whom it was made."""

    gtin: str = ""
    serial: str = ""
    made_on: date | None = None
    maker: str = ""


@transaction.atomic
def receive(
    product: str,
    *,
    number: str,
    expires_on: date,
    units: int,
    on: date,
    by: Actor,
    at: datetime,
    kind: str | None = None,
    pack: Pack = Pack(),
) -> Lot:
    """Take a delivery into stock: a new lot, or more units of one that is there.

    `kind` is said for a serum or drug only, whose `product` is its name as printed.

    Raises
    ------
    NotReceived
        The delivery has expired, has no units, or contradicts what is known of its lot; the field is named.

    """
    access.require(Act.STOCK, by=by)
    known = _product(product, kind)
    number = " ".join(number.split())
    if not LOT_NUMBER.fullmatch(number):
        raise NotReceived("number", "Enter the lot number as it is printed on the pack.")
    if expires_on < on:
        raise NotReceived("expires_on", f"This lot expired on {expires_on:%d %B %Y}; it is not taken into stock.")
    if pack.made_on and not pack.made_on <= min(on, expires_on):
        raise NotReceived("made_on", "A pack is made before it comes and before it expires. Look again.")
    single = known.kind in SINGLE_USE
    if single and not 1 <= units <= MOST_UNITS:
        raise NotReceived("units", f"Enter how many units came, 1 to {MOST_UNITS}.")
    trade_items.learn(pack.gtin, kind=known.kind, product=known.id, maker=pack.maker, units=units if single else None)
    lot = _lot(known, number, expires_on, pack)
    notice = recall_match.notice_against(lot)
    if notice is not None:
        raise NotReceived("number", f"Lot {number} is called back ({notice}). Put the delivery aside.")
    if single:
        _add_units(lot, units, serial=pack.serial)
    audit.record(
        "receive_lot", by=by, at=at, subject=lot, product=known.id, number=number, units=units if single else None
    )
    return lot


def _product(product: str, kind: str | None) -> Product:
    if kind == SERUM:
        name = " ".join(product.split())
        if not 1 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise NotReceived("name", f"Enter the name of the product as printed, at most {LONGEST_NAME} characters.")
        return Product(kind=SERUM, id=name, label=name)
    known = {entry.id: entry for entry in products()}.get(product)
    if known is None:
        raise NotReceived("product", "Choose a product of the list.")
    return known


def _lot(known: Product, number: str, expires_on: date, pack: Pack) -> Lot:
    """Give the lot of this number, held, new or as it is, when nothing known of it is contradicted."""
    said = {"made_on": pack.made_on, "gtin": pack.gtin, "maker": pack.maker}
    lot, new = Lot.objects.select_for_update().get_or_create(
        kind=known.kind, product=known.id, number=number, defaults={"expires_on": expires_on, **said}
    )
    if lot.expires_on != expires_on:
        raise NotReceived("expires_on", f"Lot {number} is in stock with expiry {lot.expires_on:%d %B %Y}. Look again.")
    if lot.state != LotState.IN_STOCK:
        raise NotReceived("number", f"Lot {number} is {LotState(lot.state).label.lower()}; nothing of it is taken in.")
    missing = [name for name, value in said.items() if value and not getattr(lot, name)]
    if missing and not new:
        for name in missing:
            setattr(lot, name, said[name])
        lot.save(update_fields=missing)
    return lot


def _add_units(lot: Lot, units: int, *, serial: str) -> None:
    there = set(lot.cartridges.values_list("unit", flat=True))
    if serial and units == 1:
        if serial in there:
            raise NotReceived("serial", f"Unit {serial} of lot {lot.number} is in stock already.")
        Cartridge.objects.create(lot=lot, unit=serial)
        return
    free = (unit for place in count(1) if (unit := f"{place:03d}") not in there)
    Cartridge.objects.bulk_create(Cartridge(lot=lot, unit=unit) for unit in islice(free, units))


@transaction.atomic
def set_state(lot: Lot, state: str, *, reason: str, by: Actor, at: datetime) -> Lot:
    """Hold a lot back, recall it, or release it again; from this moment the database lets nobody use what is held.

    Raises
    ------
    NotReceived
        The state is unknown or does not follow from the present one, or no reason is given.

    """
    access.require(Act.STOCK, by=by)
    if state not in LotState.values:
        raise NotReceived("state", "Choose a state of the list.")
    reason = " ".join(reason.split())
    if not reason:
        raise NotReceived("reason", "Say why: it is kept with the change.")
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    if state != lot.state and state not in LOT_MOVES[LotState(lot.state)].values():
        raise NotReceived("state", f"A lot that was {lot.state} goes into quarantine before it is used again.")
    before, lot.state = lot.state, state
    lot.save(update_fields=["state"])
    audit.record(
        "set_lot_state", by=by, at=at, subject=lot, number=lot.number, before=before, after=state, reason=reason
    )
    return lot


def states() -> tuple[tuple[str, str], ...]:
    """Give the states a lot can be in, with their names."""
    return tuple((state.value, state.label) for state in LotState)


def unusable_because(lot: Lot, *, on: date) -> str | None:
    """Give in a sentence why nothing of this lot may be used on a day, or nothing when it may."""
    if lot.state != LotState.IN_STOCK:
        return f"Lot {lot.number} is {LotState(lot.state).label.lower()}."
    if lot.expires_on < on:
        return f"Lot {lot.number} expired on {lot.expires_on:%d %B %Y}."
    return None


def usable_lots(wanted: Iterable[str], *, on: date) -> tuple[LotLine, ...]:
    """Give the lots of these products that may be used on a day, the first to expire first; one query."""
    rows = _counted(Lot.objects.filter(product__in=set(wanted), state=LotState.IN_STOCK, expires_on__gte=on))
    rows = rows.filter(Q(kind__in=BY_LOT) | Q(left__gt=0))
    return tuple(_line(lot, on=on) for lot in rows[:LOTS_SHOWN])


def lots_of_kind(kind: str) -> tuple[Lot, ...]:
    """Give the newest lots of a kind whatever their state, for the record of what was used."""
    return tuple(Lot.objects.filter(kind=kind).order_by("-expires_on", "number")[:LOTS_SHOWN])


def suggestion(product: str, *, on: date) -> Lot | None:
    """Give the lot to open next of a product: of those that may be used, the first to expire."""
    line = next(iter(usable_lots([product], on=on)), None)
    return line.lot if line else None


def lots(*, on: date, text: str = "") -> tuple[LotLine, ...]:
    """Give the lots in order of expiry, those used up or long expired last, at most a hundred."""
    rows = _counted(Lot.objects.filter(number__icontains=text.strip()) if text.strip() else Lot.objects.all())
    fresh = rows.filter(expires_on__gte=on).filter(Q(kind__in=BY_LOT) | Q(left__gt=0) | ~Q(state=LotState.IN_STOCK))
    shown = list(fresh[:LOTS_SHOWN])
    if len(shown) < LOTS_SHOWN:
        rest = rows.exclude(pk__in=[lot.pk for lot in shown]).order_by("-expires_on", "number")
        shown += rest[: LOTS_SHOWN - len(shown)]
    return tuple(_line(lot, on=on) for lot in shown)


def _counted(rows: QuerySet[Lot]) -> QuerySet[Lot]:
    return rows.annotate(
        left=Count("cartridges", filter=Q(cartridges__session__isnull=True)),
        used=Count("cartridges", filter=Q(cartridges__session__isnull=False)),
    ).order_by("expires_on", "number", "id")  # counting drops the order of the table


def _line(lot: Lot, *, on: date) -> LotLine:
    state = "expired" if lot.state == LotState.IN_STOCK and lot.expires_on < on else lot.state
    left: int = lot.left  # type: ignore[attr-defined]  # annotated by _counted
    used: int = lot.used  # type: ignore[attr-defined]  # as above
    return LotLine(
        lot=lot,
        product=product_label(lot.product),
        state=state,
        left=left if lot.kind in SINGLE_USE else None,
        used=used,
    )


def find_lot(pk: int) -> Lot:
    """Give a lot.

    Raises
    ------
    NoSuchRecord
        There is none under this number.

    """
    found = Lot.objects.filter(pk=pk).first()
    if found is None:
        raise NoSuchRecord("lot")
    return found
