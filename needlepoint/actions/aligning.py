"""The pictures that laying one photograph over another gives: kept in the vault, every look at them recorded."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from django.db import transaction
from PIL import Image

from needlepoint.actions import access, audit, measures_use, photographs, vault
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.aligned import Difference, aligned, difference_map
from needlepoint.core.imaging.face import find_face
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.measures import Progress, no_progress
from needlepoint.core.imaging.registration import View, lay_over
from needlepoint.records.models import Comparison, ComparisonCopy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.core.imaging.photo import Pixels

ALIGNED: Final = "aligned"
KINDS: Final = (ALIGNED, *(kind.value for kind in Difference))
_LONGEST_PX: Final = 1600
_QUALITY: Final = 90


def laid_over(before: Pixels, after: Pixels, *, maps: bool, progress: Progress = no_progress) -> dict[str, bytes]:
    """Give AFTER drawn onto BEFORE, with maps of what differs if asked for; nothing when they do not match."""
    models = face_models()
    levels = (Levels(rgb) for rgb in (before, after))
    one, two = (View(levels=each, mesh=find_face(each, models)) for each in levels)
    progress(0.2)
    laid = lay_over(one, two)
    progress(0.6)
    if laid is None:
        return {}
    pair = aligned(before, after, laid, face=one.mesh, longest_px=_LONGEST_PX)
    progress(0.8)
    drawn = {ALIGNED: _jpeg(pair.after)}
    if maps:
        drawn |= {kind.value: _jpeg(difference_map(pair, kind)) for kind in Difference}
    return drawn


def _jpeg(rgb: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def keep(comparison: Comparison, drawn: Mapping[str, bytes]) -> None:
    """Keep the pictures of a comparison, in place of older ones."""
    for kind, data in drawn.items():
        ComparisonCopy.objects.update_or_create(comparison=comparison, kind=kind, defaults={"sha256": vault.put(data)})


def kinds_of(comparison: Comparison | None) -> frozenset[str]:
    """Give which pictures of a comparison may be shown."""
    if comparison is None:
        return frozenset()
    kept = frozenset(ComparisonCopy.objects.filter(comparison=comparison).values_list("kind", flat=True))
    return kept if measures_use.are_on() else kept & {ALIGNED}


def read_copy(pk: int, *, kind: str, by: Actor, at: datetime) -> photographs.Served:
    """Give a picture of a comparison to be looked at, and record that it was.

    Raises
    ------
    NoSuchRecord
        When there is no such comparison or picture, or it may not be shown.
    NotInVault, AlteredInVault
        When it is lost or was tampered with.

    """
    access.require(Act.PHOTOGRAPH, by=by)
    rows = ComparisonCopy.objects.select_related("comparison__before__course__patient")
    copy = rows.filter(comparison=pk, kind=kind).first()
    if copy is None or (kind != ALIGNED and not measures_use.are_on()):
        raise NoSuchRecord("picture")
    data = vault.get(copy.sha256)
    with transaction.atomic():
        audit.record(
            "read_photograph", by=by, at=at, patient=copy.comparison.before.course.patient, subject=copy.comparison,
            size=kind,
        )  # fmt: skip
    return photographs.Served(data=data)
