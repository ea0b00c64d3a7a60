"""The printed colour and scale card: its sheet as PDF, and what its ruler measures on this clinic's paper."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst
from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic
from needlepoint.core.imaging import card
from needlepoint.records.models import CardCalibration

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor

TEMPLATE: Final = Path(__file__).with_name("colour_card.typ")
RULER_MM: Final = 100.0
_LIKELY: Final = (80.0, 120.0)  # mm; beyond it the page was fitted or another thing was measured


class NotARuler(Exception):
    """What was entered cannot be the length of the printed ruler."""

    def __init__(self) -> None:
        super().__init__(
            f"Please measure the printed ruler from end to end in millimetres: {RULER_MM:g} mm are drawn, and "
            f"{_LIKELY[0]:g} to {_LIKELY[1]:g} mm are taken."
        )


def sheet(*, at: datetime) -> bytes:
    """Give the sheet to be printed: card, ruler and stickers, drawn from the numbers by which they are found."""
    clinic = the_clinic()
    pdf = typst.compile(
        template(), format="pdf", ignore_system_fonts=True, timestamp=at.replace(microsecond=0),
        sys_inputs={"card": json.dumps(drawing(clinic.name if clinic else ""))},
    )  # fmt: skip
    if not isinstance(pdf, bytes):
        raise TypeError("a document of one file was expected")
    return pdf


def drawing(clinic: str) -> dict[str, Any]:
    """Give what the sheet shows, in millimetres."""
    width, height = card.PATCH_MM
    return {
        "clinic": clinic,
        "width": card.WIDTH_MM,
        "height": card.HEIGHT_MM,
        "marker_mm": card.MARKER_MM,
        "markers": [
            {"left": left, "top": top, "cells": card.marker_cells(number).tolist()}
            for number, (left, top) in card.MARKERS.items()
        ],
        "patches": [
            {"left": patch.left_mm, "top": patch.top_mm, "width": width, "height": height, "code": list(patch.code)}
            for patch in card.patches()
        ],
        "ruler_mm": RULER_MM,
        "sticker_mm": card.STICKER_MM,
        "sticker_marker_mm": card.STICKER_MARKER_MM,
        "stickers": [{"number": number, "cells": card.marker_cells(number).tolist()} for number in card.STICKERS],
    }


@cache
def template() -> bytes:
    """Give how the sheet is laid out."""
    return TEMPLATE.read_bytes()


@transaction.atomic
def calibrate(*, measured_mm: float | None, printer: str, by: Actor, at: datetime) -> CardCalibration:
    """Keep what the ruler measures on paper; a new print is calibrated anew.

    Raises
    ------
    NotARuler
        When this cannot be the ruler's length.

    """
    access.require(Act.CALIBRATE_CARD, by=by)
    # A NaN is within no limits, so it is refused as well.
    if measured_mm is None or not _LIKELY[0] <= measured_mm <= _LIKELY[1]:
        raise NotARuler
    kept = CardCalibration.objects.create(
        nominal_mm=RULER_MM, measured_mm=measured_mm, printer=printer.strip()[:100], by=by.member, at=at
    )
    audit.record("calibrate_card", by=by, at=at, subject=kept, measured_mm=measured_mm, nominal_mm=RULER_MM)
    return kept


def calibration() -> CardCalibration | None:
    """Give the newest calibration, or nothing while the card was not measured."""
    return CardCalibration.objects.select_related("by").last()


def print_factor() -> float:
    """Give by how much larger than drawn the clinic's card is; 1 while it was not measured."""
    newest = calibration()
    return 1.0 if newest is None else newest.factor
