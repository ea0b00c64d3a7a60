"""What of the stock a maker's notice meets: by lot or serial number, trade number and product.

Where the notice and the stock leave room for doubt the lot is met: one that is held back needlessly is released again,
one that is overlooked is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from needlepoint.records.models import DeviceUnit, Lot, Recall, RecallAction, TradeItem

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a notice names: lot numbers, serial numbers of devices, a trade number, a product; any of them."""

    lots: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    gtin: str = ""
    product: str = ""

    @property
    def empty(self) -> bool:
        """Say whether the notice names nothing that could be looked for."""
        return not (self.lots or self.serials or self.gtin or self.product)


def named_by(recall: Recall) -> Named:
    """Give what a recall names."""
    return Named(lots=tuple(recall.lots), serials=tuple(recall.serials), gtin=recall.gtin, product=recall.product)


def plain(number: str) -> str:
    """Give a lot or serial number without what is written sometimes so and sometimes otherwise."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def lots_met(named: Named) -> list[tuple[Lot, str]]:
    """Give the lots that a notice meets, each with the reason in words; one or two queries."""
    if named.empty or (named.serials and not named.lots):
        return []
    wanted = {plain(number) for number in named.lots}
    rows = _of_product(Lot.objects.all(), named)
    keys = [pk for pk, number in rows.values_list("pk", "number") if plain(number) in wanted] if wanted else None
    found = rows.filter(pk__in=keys) if keys is not None else rows
    return [(lot, _because(lot, named)) for lot in found.order_by("pk")]


def _of_product(rows: QuerySet[Lot], named: Named) -> QuerySet[Lot]:
    if named.product:
        rows = rows.filter(product=named.product)
    if named.gtin:
        known = TradeItem.objects.filter(gtin=named.gtin).first()
        # A lot without trade number may be of this one: met by its product, or when nothing is known by its number.
        unsaid = Q(gtin="", product=known.product) if known else Q(gtin="") if named.lots else Q(pk__in=[])
        rows = rows.filter(Q(gtin=named.gtin) | unsaid)
    return rows


def _because(lot: Lot, named: Named) -> str:
    said = []
    if named.lots:
        exact = lot.number in named.lots
        said.append(f"lot {lot.number}" if exact else f"lot {lot.number}, written otherwise in the notice")
    if named.gtin:
        said.append(f"trade number {named.gtin}" if lot.gtin else "trade number not on record for this lot")
    elif named.product and not named.lots:
        said.append("every lot of the product")
    return "; ".join(said)[:120]


def devices_met(named: Named) -> list[tuple[DeviceUnit, str]]:
    """Give the devices that a notice meets, each with the reason in words; one query."""
    if named.empty or (named.lots and not named.serials):
        return []
    rows = DeviceUnit.objects.order_by("pk")
    if named.product:
        rows = rows.filter(model=named.product)
    wanted = {plain(serial) for serial in named.serials}
    if wanted:
        return [(unit, f"serial {unit.serial}") for unit in rows if plain(unit.serial) in wanted]
    if named.gtin:
        rows = rows.filter(gtin=named.gtin)
    return [(unit, "every device of the product") for unit in rows]


def notice_against(lot: Lot) -> Recall | None:
    """Give a recall that meets a lot that is only now coming in: one that runs, or a closed one that named lots."""
    standing = Q(closed_at__isnull=True) | (Q(action=RecallAction.RECALLED) & ~Q(lots=[]))
    for recall in Recall.objects.filter(standing):
        if any(met.pk == lot.pk for met, _ in lots_met(named_by(recall))):
            return recall
    return None
