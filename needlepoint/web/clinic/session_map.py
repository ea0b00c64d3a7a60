"""The areas of a session on the drawings of the body, each with how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from needlepoint.web.clinic import body_map

if TYPE_CHECKING:
    from needlepoint.web.clinic.body_map import Drawing, Shape
    from needlepoint.web.clinic.session_shown import ChartShown


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One area of the session on a drawing."""

    pk: int
    label: str
    state: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A drawing on which areas of the session lie."""

    drawing: Drawing
    places: tuple[Place, ...]


def views(chart: ChartShown) -> tuple[View, ...]:
    """Give the drawings that show an area of this session; an area is on the first drawing that has it."""
    found, placed = [], set()
    for drawing in body_map.DRAWINGS:
        places = [
            Place(pk=area.pk, label=area.label, state=area.state, shapes=drawing.areas[area.area])
            for area in chart.areas
            if area.area in drawing.areas and area.pk not in placed
        ]
        placed |= {place.pk for place in places}
        if places:
            found.append(View(drawing=drawing, places=tuple(places)))
    return tuple(found)
