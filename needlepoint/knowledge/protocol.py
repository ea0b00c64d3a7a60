"""Protocols: how densely, how fast and how long one needles, whatever the area."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from needlepoint.core.planning.budget import NumbingRows
from needlepoint.core.planning.facts import (
    BodySurface,
    ChoiceStudy,
    Density,
    DepthStudy,
    DeviceChoice,
    Drum,
    Hand,
    Hole,
    LabelAge,
    RealDepth,
    SessionLength,
    Stroke,
    VisitLength,
    Why,
)
from needlepoint.core.terms import DeviceKind
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

Protocol = (
    Density | Stroke | Drum | Hand | Hole | RealDepth | DeviceChoice | NumbingRows | VisitLength | BodySurface
    | SessionLength | LabelAge
)  # fmt: skip


def read_protocol(fields: Fields, card: Card, shelf: Shelf) -> Protocol:
    """Build the payload of a protocol card; `about` says which of them it is."""
    about = fields.one_of("about", {*_READERS, *_READERS_OF_ROWS}, "matter")
    if about in _READERS_OF_ROWS:
        return _READERS_OF_ROWS[about](fields, card.id, shelf)
    return _READERS[about](fields, card.id)


def _density(fields: Fields, card: str) -> Density:
    density = Density(
        card=card,
        least=fields.number("least_per_cm2"),
        most=fields.number("most_per_cm2"),
        usual=fields.number("usual_per_cm2"),
        cautious=fields.number("cautious_per_cm2"),
    )
    if not 0 < density.least <= density.cautious <= density.usual <= density.most:
        raise fields.unfit("usual_per_cm2", "least, cautious, usual and most must rise from above zero")
    return density


def _stroke(fields: Fields, card: str) -> Stroke:
    return Stroke(
        card=card,
        glide_cm_s=fields.number("glide_cm_s"),
        field_cm=fields.number("field_cm"),
        efficiency=fields.number("efficiency"),
        unknown_needles=fields.whole("unknown_needles"),
        unknown_rate_hz=fields.number("unknown_rate_hz"),
    )


def _drum(fields: Fields, card: str) -> Drum:
    return Drum(
        card=card,
        needles=fields.whole("needles"),
        diameter_cm=fields.number("diameter_cm"),
        width_cm=fields.number("width_cm"),
    )


def _hand(fields: Fields, card: str) -> Hand:
    kinds = fields.known_words("device_kinds", [kind.value for kind in DeviceKind], "device kind", least=1)
    hand = Hand(
        card=card,
        kinds=frozenset(DeviceKind(kind) for kind in kinds),
        stroke_mm=fields.number("stroke_mm"),
        slip=fields.number("slip"),
        step_spread=fields.number("step_spread"),
        lane_spread_mm=fields.number("lane_spread_mm"),
        heading_spread_deg=fields.number("heading_spread_deg"),
        shake_mm=fields.number("shake_mm"),
    )
    if hand.stroke_mm <= 0:
        raise fields.unfit("stroke_mm", "must be above zero")
    return hand


def _hole(fields: Fields, card: str) -> Hole:
    return Hole(card=card, diameter_um=fields.number("diameter_um"))


def _real_depth(fields: Fields, card: str, shelf: Shelf) -> RealDepth:
    band = RealDepth(
        card=card,
        least_share=fields.number("least_share"),
        most_share=fields.number("most_share"),
        studies=tuple(_study(row, shelf) for row in fields.tables("study", least=1)),
    )
    if not 0 < band.least_share <= band.most_share:
        raise fields.unfit("least_share", "least and most must rise from above zero")
    return band


def _study(row: Fields, shelf: Shelf) -> DepthStudy:
    set_mm = row.pair_or_none("set_mm")
    if set_mm is None:
        raise row.unfit("set_mm", "is absent")
    study = DepthStudy(
        words=row.text("words"),
        set_mm=set_mm,
        share=row.number("share"),
        row=row.one_of("evidence", shelf.rows, "evidence row"),
    )
    row.done()
    return study


def _choice(fields: Fields, card: str, shelf: Shelf) -> DeviceChoice:
    row = fields.table("reason")
    reasons = {why: row.text(why.value) for why in Why}
    row.done()
    return DeviceChoice(
        card=card,
        reasons=MappingProxyType(reasons),
        studies=tuple(_choice_study(study, shelf) for study in fields.tables("study", least=1)),
    )


def _choice_study(row: Fields, shelf: Shelf) -> ChoiceStudy:
    study = ChoiceStudy(
        words=row.text("words"),
        says=row.text("says"),
        does_not_say=row.text("does_not_say"),
        row=row.one_of("evidence", shelf.rows, "evidence row"),
    )
    row.done()
    return study


def _numbing_rows(fields: Fields, card: str, shelf: Shelf) -> NumbingRows:
    return NumbingRows(
        one_product=fields.one_of("one_product", shelf.rows, "evidence row"),
        intact_only=fields.one_of("intact_only", shelf.rows, "evidence row"),
    )


def _visit(fields: Fields, card: str) -> VisitLength:
    after = fields.pair_or_none("after_min")
    if after is None:
        raise fields.unfit("after_min", "is absent")
    return VisitLength(card=card, most_numbing_min=fields.number("most_numbing_min"), after_min=after)


def _surface(fields: Fields, card: str) -> BodySurface:
    return BodySurface(
        card=card,
        divisor=fields.number("divisor"),
        usual_height_cm=fields.number("usual_height_cm"),
        usual_weight_kg=fields.number("usual_weight_kg"),
    )


def _session(fields: Fields, card: str) -> SessionLength:
    return SessionLength(card=card, most_minutes=fields.number("most_minutes"))


def _age(fields: Fields, card: str) -> LabelAge:
    return LabelAge(card=card, least_age=fields.whole("least_age"))


_READERS: Final[Mapping[str, Callable[[Fields, str], Protocol]]] = {
    "density": _density,
    "stroke": _stroke,
    "drum": _drum,
    "hand": _hand,
    "hole": _hole,
    "visit": _visit,
    "body_surface": _surface,
    "session_length": _session,
    "label_age": _age,
}

_READERS_OF_ROWS: Final[Mapping[str, Callable[[Fields, str, Shelf], Protocol]]] = {
    "real_depth": _real_depth,
    "device_choice": _choice,
    "numbing_budget": _numbing_rows,
}
