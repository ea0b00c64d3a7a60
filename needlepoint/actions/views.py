"""Which views a course is photographed in, in the order in which they are taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from needlepoint import knowledge
from needlepoint.actions import outcome, photographs
from needlepoint.actions.photographs import CLOSE_UP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from needlepoint.records.models import Course, Photograph

# Degrees the head is turned, by the guide's sign; a profile shows no whole face that could be guided by.
YAW_DEG: Final[Mapping[str, float]] = {"front": 0.0, "left_45": -45.0, "right_45": 45.0}
FACE_GROUPS: Final = frozenset({"face", "face_margins"})
_ALWAYS: Final = ("front", "left_45", "right_45", "left_90", "right_90")
_NECK: Final = ("front", "left_90", "right_90")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One view that is to be taken: the photograph to match, and the one taken today if it is done."""

    view: str
    label: str
    baseline: Photograph | None
    today: Photograph | None


def required(course: Course) -> tuple[str, ...]:
    """Give the views of a course in their fixed order: of a face the five around it, then each area close up."""
    areas = knowledge.load().vocabulary.areas
    groups = {areas[area].group for area in course.areas if area in areas}
    around = _ALWAYS if groups & FACE_GROUPS else _NECK if "neck" in course.areas else ()
    chin_up = ("chin_up",) if {"neck", "chin_jaw"} & set(course.areas) else ()
    return (*around, *chin_up, *(f"{CLOSE_UP}{area}" for area in course.areas if area in areas))


def steps(course: Course, taken: Sequence[Photograph], *, on: date) -> tuple[Step, ...]:
    """Give every required view with the photograph to match and the one taken on this day."""
    first = next(iter(outcome.session_days(course)), None)
    return tuple(
        Step(
            view=view,
            label=photographs.view_label(view),
            baseline=baseline([photo for photo in taken if photo.view == view and photo.taken_on < on], first=first),
            today=next((photo for photo in reversed(taken) if photo.view == view and photo.taken_on == on), None),
        )
        for view in required(course)
    )


def baseline(of_view: Sequence[Photograph], *, first: date | None) -> Photograph | None:
    """Give the photograph all later ones are to match: the last one up to the first session, else the first."""
    early = [photo for photo in of_view if first is not None and photo.taken_on <= first]
    return early[-1] if early else next(iter(of_view), None)
