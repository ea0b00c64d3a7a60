"""One photograph as one row of a result: what `needlepoint measure` says of it, or what is wrong with it."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import polars as pl

from needlepoint.cli.measure import answer_content
from needlepoint.knowledge.answers import AnswerError

_MEASURE: Final = pl.Struct(
    {"id": pl.String(), "region": pl.String(), "value": pl.Float64(), "unit": pl.String(), "error": pl.Float64(),
     "comparable": pl.Boolean(), "reason": pl.String()}
)  # fmt: skip
_QUALITY: Final = {
    "usable": pl.Boolean(), "reasons": pl.List(pl.String()), "width_px": pl.Int64(), "height_px": pl.Int64(),
    "sharpness": pl.Float64(), "exposure": pl.Float64(), "scale_mm_per_px": pl.Float64(),
    "colour_reference": pl.Boolean(), "face_found": pl.Boolean(), "yaw_deg": pl.Float64(), "pitch_deg": pl.Float64(),
    "roll_deg": pl.Float64(), "corrected_by": pl.String(), "processing": pl.List(pl.String()),
}  # fmt: skip
ROW: Final = pl.Schema(
    {"photo": pl.String(), "sha256": pl.String(), **_QUALITY, "measures": pl.List(_MEASURE),
     "further": pl.List(_MEASURE), "error_class": pl.String(), "error_message": pl.String()}
)  # fmt: skip

LOST: Final = ("worker_lost", "the process that measured it ended more than once")


def measured(content: bytes) -> dict[str, Any]:
    """Give the row of one photograph, without its name: the same in every process and on every worker."""
    row: dict[str, Any] = {**dict.fromkeys(ROW), "sha256": hashlib.sha256(content).hexdigest()}
    try:
        answer = answer_content(content)
    except AnswerError as fault:
        return row | failed(fault.klass, fault.message)
    except MemoryError:
        return row | failed("unreadable_photo", "the picture is too large to be measured here")
    return row | {key: answer["quality"][key] for key in _QUALITY} | {
        key: [{field: each[field] for field in _MEASURE.to_schema()} for each in answer[key]]
        for key in ("measures", "further")
    }  # fmt: skip


def failed(klass: str, message: str) -> dict[str, Any]:
    """Give what a row says of a photograph that has no measures."""
    return {"error_class": klass, "error_message": message}
