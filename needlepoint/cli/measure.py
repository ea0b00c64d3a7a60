"""`needlepoint measure`: what can be read from one photograph, and how sure that is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from needlepoint.actions.networks import face_models
from needlepoint.actions.processing import processing
from needlepoint.cli.batch import write_json
from needlepoint.cli.photo import needed, picture, value_text
from needlepoint.cli.reading import read_bytes
from needlepoint.core.imaging.measures import measure as measure_picture


def measure(
    photo: Annotated[
        str | None, typer.Argument(metavar="PHOTO", help="JPEG, PNG, TIFF, WebP or HEIC, or - for standard input.")
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Measure the skin in one photograph."""
    answer = answer_photo(needed(photo, "PHOTO"))
    if json:
        write_json(answer)
    else:
        sys.stdout.write("\n".join(_text(answer)) + "\n")


def answer_photo(photo: str) -> dict[str, Any]:
    """Give the answer to one photograph, as the contract writes it."""
    return answer_content(read_bytes(photo, "PHOTO"))


def answer_content(content: bytes) -> dict[str, Any]:
    """Give the answer to one photograph's content, with what its file tells of processing."""
    answer = measure_picture(picture(content, "PHOTO"), face_models()).document()
    answer["quality"]["processing"] = [each.value for each in processing(content)]
    return answer


def quality_text(quality: dict[str, Any]) -> Iterator[str]:
    """Say in words how a photograph was taken."""
    state = "usable" if quality["usable"] else f"not usable: {', '.join(quality['reasons'])}"
    yield f"{quality['width_px']} x {quality['height_px']} px, {state}"
    yield f"  sharpness {quality['sharpness']:.2f}, exposure {quality['exposure']:.2f} (0.5 is balanced)"
    if quality["face_found"]:
        angles = ", ".join(f"{name} {quality[f'{name}_deg']:.0f}" for name in ("yaw", "pitch", "roll"))
        yield f"  face found, {angles} degrees"
    else:
        yield "  no face found"
    scale = quality["scale_mm_per_px"]
    yield f"  {scale:.4f} mm to a pixel, by the card" if scale else "  no length reference found: no millimetres"
    if quality["processing"]:
        yield f"  the file tells of processing that changes skin: {', '.join(quality['processing'])}"
    yield {
        "card": "  colours put right by the calibrated card",
        "grey": "  colours put right by the greys of the card",
        "none": "  no colour reference found: colours as taken, they hold for the same camera and lamp",
    }[quality["corrected_by"]]


def _text(answer: dict[str, Any]) -> Iterator[str]:
    yield from quality_text(answer["quality"])
    yield ""
    yield "These are measurements, not diagnoses. The error is one standard error."
    yield f"{'region':<12} {'measure':<18} {'value':>8} {'error':>7}  unit"
    for each in [*answer["measures"], *answer["further"]]:
        note = "" if each["comparable"] else f"  not comparable: {each['reason']}"
        numbers = f"{value_text(each['value']):>8} {value_text(each['error']):>7}"
        yield f"{each['region']:<12} {each['id']:<18} {numbers}  {each['unit']}{note}"
    yield ""
    yield "Not told by a photograph:"
    yield from (f"  {what}: {why}" for what, why in answer["refused"].items())
