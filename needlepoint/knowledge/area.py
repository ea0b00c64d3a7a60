"""Areas of the body: size, skin, depth, the kind of device that suits, and time."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, cast

from needlepoint.core.planning.facts import AreaFacts, DepthBand, Trait
from needlepoint.core.terms import DeviceKind, Sex
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

_TRAITS: Final = ("bony", "thin", "near_eye")


def read_area(fields: Fields, card: Card, shelf: Shelf) -> AreaFacts:
    """Build the payload of an area card; an area that is never needled says only that and its size."""
    area = fields.one_of("area", shelf.vocabulary.areas, "area")
    if not fields.flag("needled", default=True):
        return AreaFacts(id=area, card=card.id, because=card.because, needled=False)
    share = fields.number("share")
    if not 0 < share < 1:
        raise fields.unfit("share", "must lie between 0 and 1")
    return AreaFacts(
        id=area,
        card=card.id,
        because=card.because,
        needled=True,
        share=share,
        suits=tuple(
            DeviceKind(kind)
            for kind in fields.known_words("suits", [kind.value for kind in DeviceKind], "device kind", least=1)
        ),
        traits=frozenset(cast(tuple[Trait, ...], fields.known_words("traits", _TRAITS, "trait"))),
        bands=_bands(fields, shelf),
        skin_mm=_skin(fields),
        minutes=_minutes(fields),
    )


def _bands(fields: Fields, shelf: Shelf) -> tuple[DepthBand, ...]:
    bands = []
    for row in fields.tables("depth", least=1):
        band = DepthBand(
            groups=frozenset(row.known_words("groups", shelf.vocabulary.indication_groups, "indication group")),
            low_mm=row.number("low_mm"),
            high_mm=row.number("high_mm"),
            ceiling_mm=row.number("ceiling_mm"),
        )
        if not 0 < band.low_mm <= band.high_mm <= band.ceiling_mm:
            raise row.unfit("ceiling_mm", "low_mm, high_mm and ceiling_mm must rise from above zero")
        row.done()
        bands.append(band)
    if bands[-1].groups or not all(band.groups for band in bands[:-1]):
        raise fields.unfit("depth", "the last band, and only it, must be for all other groups")
    return tuple(bands)


def _skin(fields: Fields) -> MappingProxyType[Sex, float]:
    if not fields.has("skin_mm"):
        return MappingProxyType({})
    row = fields.table("skin_mm")
    skin = {Sex.FEMALE: row.number("female"), Sex.MALE: row.number("male")}
    row.done()
    return MappingProxyType(skin)


def _minutes(fields: Fields) -> tuple[float, float, float]:
    row = fields.table("minutes")
    minutes = row.number("least"), row.number("usual"), row.number("most")
    if not 0 < minutes[0] <= minutes[1] <= minutes[2]:
        raise row.unfit("usual", "least, usual and most must rise from above zero")
    row.done()
    return minutes
