"""Numbing products: grams, milligrams, cm2 and minutes by age and weight, as their labels say."""

from __future__ import annotations

from needlepoint.core.planning.facts import AnaestheticFacts, DoseBand
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf


def read_dose(fields: Fields, card: Card, shelf: Shelf) -> AnaestheticFacts:
    """Build the payload of a dose card."""
    products = shelf.vocabulary.anaesthetics
    return AnaestheticFacts(
        product=products[fields.one_of("anaesthetic", products, "anaesthetic")],
        card=card.id,
        because=card.because,
        bands=tuple(_band(row, shelf) for row in fields.tables("band", least=1)),
        apply_before_min=fields.number_or_none("apply_before_min"),
        usual_minutes=fields.number_or_none("usual_minutes"),
        soft_area_cm2=fields.number_or_none("soft_area_cm2"),
    )


def _band(row: Fields, shelf: Shelf) -> DoseBand:
    band = DoseBand(
        from_months=row.whole_or_none("from_months") or 0,
        below_months=row.whole_or_none("below_months"),
        from_kg=row.number_or_none("from_kg"),
        below_kg=row.number_or_none("below_kg"),
        premises=frozenset(row.words("premises")),
        max_g=row.number_or_none("max_g"),
        max_area_cm2=row.number_or_none("max_area_cm2"),
        max_minutes=row.number_or_none("max_minutes"),
        mg_per_kg=row.number_or_none("mg_per_kg"),
        max_mg=row.number_or_none("max_mg"),
        never=row.flag("never", default=False),
        evidence=row.known_words("evidence", shelf.rows, "evidence row", least=1),
    )
    row.done()
    return band
