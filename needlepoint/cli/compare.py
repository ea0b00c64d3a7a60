"""`needlepoint compare`: whether the skin in two photographs differs by more than the measuring error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from needlepoint.actions.networks import face_models
from needlepoint.actions.processing import processing
from needlepoint.cli.batch import write_json
from needlepoint.cli.measure import quality_text
from needlepoint.cli.photo import needed, picture, value_text
from needlepoint.cli.reading import read_bytes
from needlepoint.core.imaging.comparison import compare as compare_pictures
from needlepoint.knowledge.answers import AnswerError

_BEYOND = {True: "beyond error", False: "within error", None: ""}


def compare(
    before: Annotated[
        str | None, typer.Argument(metavar="BEFORE", help="JPEG, PNG, TIFF, WebP or HEIC, or - for standard input.")
    ] = None,
    after: Annotated[str | None, typer.Argument(metavar="AFTER", help="A later photograph of the same skin.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Compare the skin in two photographs."""
    answer = answer_pair(needed(before, "BEFORE"), needed(after, "AFTER"))
    if json:
        write_json(answer)
    else:
        sys.stdout.write("\n".join(_text(answer)) + "\n")


def answer_pair(before: str, after: str) -> dict[str, Any]:
    """Give the answer to two photographs, as the contract writes it."""
    if before == after == "-":
        raise AnswerError("bad_usage", "AFTER", "cannot come from standard input together with BEFORE")
    contents = [read_bytes(argument, name) for argument, name in ((before, "BEFORE"), (after, "AFTER"))]
    first, second = (picture(content, name) for content, name in zip(contents, ("BEFORE", "AFTER"), strict=True))
    answer = compare_pictures(first, second, face_models()).document()
    for content, name in zip(contents, ("before", "after"), strict=True):
        answer["quality"][name]["processing"] = [each.value for each in processing(content)]
    return answer


def _text(answer: dict[str, Any]) -> Iterator[str]:
    for name in ("before", "after"):
        first, *rest = quality_text(answer["quality"][name])
        yield f"{name}: {first}"
        yield from rest
    yield ""
    laid = answer["registration"]
    if laid["residual_px"] is None:
        yield "The two photographs could not be laid over each other."
    else:
        yield f"Laid over each other to {laid['residual_px']:.2f} px, {laid['overlap']:.0%} of the skin is in both."
    yield "These are measurements, not diagnoses. SDC is the smallest detectable change."
    yield f"{'region':<12} {'measure':<18} {'before':>8} {'after':>8} {'change':>8} {'SDC':>7}"
    for each in [*answer["changes"], *answer["further"]]:
        note = _BEYOND[each["beyond_error"]] if each["comparable"] else f"not comparable: {each['reason']}"
        numbers = " ".join(f"{value_text(each[key]):>8}" for key in ("before", "after", "change"))
        limit = value_text(each["smallest_detectable_change"])
        yield f"{each['region']:<12} {each['id']:<18} {numbers} {limit:>7}  {note}"
