"""The nine points by which a pair of photographs is called comparable: the SEPIA score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from needlepoint.core.imaging.photo import Reason


class Point(StrEnum):
    """What the score looks at; one point each."""

    POSITION = "position"
    EXPRESSION = "expression"
    LIGHTING = "lighting"
    BACKGROUND = "background"
    ZOOM = "zoom"
    STYLING = "styling"
    VIEWS = "views"
    TIMING = "timing"
    INFORMATION = "information"


HELD: Final[Mapping[Point, tuple[str, str]]] = {
    Point.POSITION: ("Position", "Head and body are held the same way in both."),
    Point.EXPRESSION: ("Expression", "The face is at rest in both."),
    Point.LIGHTING: ("Light", "The light comes from the same side and is as strong in both."),
    Point.BACKGROUND: ("Background", "The background is the same, plain one in both."),
    Point.ZOOM: ("Distance", "The subject is equally large in both."),
    Point.STYLING: ("Make-up and hair", "No make-up, hair tied back, jewellery off, in both."),
    Point.VIEWS: ("Views", "More than one view was taken on both days."),
    Point.TIMING: ("Time", "How long after the treatment the second was taken is stated, and the skin had healed."),
    Point.INFORMATION: ("Information", "What was done in between is stated beside the photographs."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the house knows of a pair by itself; None where it knows nothing.

    Attributes
    ----------
    reasons
        Why a comparison of the two was limited, as far as it was made.
    size_ratio
        The larger face, in pixels of equally large pictures, as a multiple of the smaller.
    shared_views
        How many views were taken on both days.
    days_since_session
        Days from the last session before the second photograph to it.
    sessions_on_record
        Whether the sessions in between are charted.

    """

    reasons: frozenset[Reason] | None = None
    size_ratio: float | None = None
    shared_views: int = 1
    days_since_session: int | None = None
    sessions_on_record: bool = False


_SAME_SIZE: Final = 1.1


def suggested(known: Known) -> dict[Point, bool]:
    """Give the points that can be told without looking, for a person to confirm.

    Parameters
    ----------
    known
        What is known of the pair.

    Returns
    -------
    dict
        True where the point is kept, False where it is not; points that only eyes can tell are left out.

    References
    ----------
    Soares D.J. et al., Plast Reconstr Surg Glob Open 2022;10:e4464, doi:10.1097/GOX.0000000000004464.

    """
    told: dict[Point, bool] = {
        Point.VIEWS: known.shared_views > 1,
        Point.INFORMATION: known.sessions_on_record,
    }
    if known.days_since_session == 0:
        told[Point.TIMING] = False  # on the day itself the skin is swollen; how long it takes to heal eyes must judge
    if known.reasons is not None:
        told[Point.POSITION] = not known.reasons & {Reason.POSE_OFF, Reason.NOT_REGISTERED}
        told[Point.LIGHTING] = not known.reasons & {Reason.CONDITIONS_DIFFER, Reason.UNEVEN_LIGHT}
    if known.size_ratio is not None:
        told[Point.ZOOM] = known.size_ratio <= _SAME_SIZE
    return told
