"""What a trade number (GTIN) stands for in this clinic: learned from the first pack, known at every later scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needlepoint.records.models import TradeItem

if TYPE_CHECKING:
    from needlepoint.actions.lot_codes import Code


class NotReceived(Exception):
    """A delivery cannot be taken into stock as it was described; the field is named."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


def learn(gtin: str, *, kind: str, product: str, maker: str, units: int | None) -> None:
    """Remember what a trade number stands for, inside the transaction of the delivery.

    Raises
    ------
    NotReceived
        The number stands for another product here.

    """
    if not gtin:
        return
    item, new = TradeItem.objects.select_for_update().get_or_create(
        gtin=gtin, defaults={"kind": kind, "product": product, "maker": maker, "units": units}
    )
    if (item.kind, item.product) != (kind, product):
        raise NotReceived("product", f"The trade number {gtin} stands for another product here. Look again.")
    if not new:
        item.maker, item.units = maker or item.maker, units
        item.save(update_fields=["maker", "units"])


def known(code: Code) -> TradeItem | None:
    """Give what a scanned trade number stands for, if it was seen here before."""
    return TradeItem.objects.filter(gtin=code.gtin).first() if code.gtin else None
