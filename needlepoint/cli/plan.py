"""`needlepoint plan`: how a session would look, and a course."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from needlepoint.cli.batch import answers, lines_of, write_json
from needlepoint.cli.reading import decode, parse_object, read_bytes
from needlepoint.cli.request import read_request
from needlepoint.core.planning.plain import plain
from needlepoint.core.planning.plan import plan as plan_request
from needlepoint.knowledge import load
from needlepoint.knowledge.answers import AnswerError
from needlepoint.knowledge.planning import facts_on


def plan(
    request: Annotated[
        str | None, typer.Argument(metavar="REQUEST", help="JSON file, or - for standard input.")
    ] = None,
    *,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="REQUESTS", help="File with one request a line, or -.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Plan device, depth, passes, time and numbing of a session, and the course."""
    write = write_json if json else _write_text
    if batch is not None:
        if request is not None:
            raise AnswerError("bad_usage", "--batch", "cannot stand together with a single file")
        for answer in answers(lines_of(batch, "REQUESTS"), answer_request):
            write(answer)
        return
    if request is None:
        raise AnswerError("bad_usage", "REQUEST", "is missing")
    write(answer_request(parse_object(decode(read_bytes(request, "REQUEST"), "REQUEST"), "REQUEST")))


def answer_request(values: dict[str, Any]) -> dict[str, Any]:
    """Give the answer to one request, as the contract writes it."""
    request = read_request(values)
    return plain(plan_request(request, facts_on(request.case.on)))


def _write_text(answer: dict[str, Any]) -> None:
    sys.stdout.write("\n".join(_text(answer)) + "\n")


def _text(answer: dict[str, Any]) -> Iterator[str]:
    if "id" in answer:
        yield f"{answer['id']}"
    if "error" in answer:
        yield f"  not answered: {answer['error']['field']}: {answer['error']['message']}"
        return
    yield "PLAN. It is not a permission: screen the patient first."
    yield "  The knowledge behind this has not been adopted by a clinic; it does not replace a physician's judgement."
    yield from _areas(answer["areas"])
    yield f"In all {answer['total_minutes']:.0f} min of needling{_course(answer)}."
    if answer["areas"]:
        least, most = answer["visit"]["whole_min"]
        yield f"The whole visit with numbing and care: {least:.0f} to {most:.0f} min; talk comes on top."
    if answer["anaesthetic"]:
        yield from _numbing(answer["anaesthetic"])
    yield from _warnings(answer["warnings"])
    for title, steps in (("Before", answer["preparation"]), ("After", answer["aftercare"])):
        yield from _care(title, steps)
    if answer["missing"]:
        known = load()
        yield ""
        yield f"Still to be answered ({len(answer['missing'])}):"
        yield from (f"  {id_}: {known.question[id_].ask}" for id_ in answer["missing"])
    yield f"knowledge {answer['knowledge_digest'][:12]}"


def _course(answer: dict[str, Any]) -> str:
    if not answer["sessions"]:
        return ": nothing remains to be needled"
    apart = f", {answer['interval_days']} days apart" if answer["interval_days"] else ""
    return f"; {answer['sessions']} sessions{apart}"


def _areas(areas: list[dict[str, Any]]) -> Iterator[str]:
    names = load().vocabulary
    for area in areas:
        assumed = ", assumed" if area["density_assumed"] else ""
        yield ""
        yield f"{names.areas[area['area']].label} ({area['area_cm2']:.0f} cm2)"
        yield f"  {names.devices[area['device']].label}"
        yield f"  {area['depth_mm']:g} mm, never above {area['depth_ceiling_mm']:g} mm"
        least, most = area["real_depth_mm"]
        yield f"  the needles really end somewhere between {least:.2f} and {most:.2f} mm"
        yield f"  {area['passes']} passes: {area['density_per_cm2']:.0f} punctures per cm2{assumed}"
        yield f"  {area['minutes']:.1f} min"
    yield ""


def _numbing(numbing: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield load().vocabulary.anaesthetics[numbing["product"]].label
    if numbing["blocked_by"]:
        yield f"  may not be used: {', '.join(numbing['blocked_by'])}"
        return
    for key, words in (
        ("max_g", "at most {:g} g"),
        ("max_mg", "at most {:g} mg of lidocaine"),
        ("max_area_cm2", "at most {:g} cm2 at one time"),
        ("max_minutes", "at most {:g} min on the skin"),
        ("apply_before_min", "apply {:g} min before the first puncture"),
    ):
        if numbing[key] is not None:
            yield "  " + words.format(numbing[key])


def _warnings(warnings: list[dict[str, Any]]) -> Iterator[str]:
    names = load().vocabulary
    if warnings:
        yield ""
        yield "To know:"
    for warning in warnings:
        where = names.areas[warning["area"]].label if warning["area"] else "whole plan"
        yield f"  {where}: {names.warning_codes[warning['code']]}. {warning['text']} (card {warning['card']})"


def _care(title: str, steps: list[dict[str, Any]]) -> Iterator[str]:
    if steps:
        yield ""
        yield f"{title}:"
    yield from (f"  {_hours(step)}{step['text']}" for step in steps)


def _hours(step: dict[str, Any]) -> str:
    if step["from_hours"] is None and step["to_hours"] is None:
        return ""
    ends = ("open" if step[key] is None else f"{step[key]:g}" for key in ("from_hours", "to_hours"))
    return f"[{' to '.join(ends)} h] "
