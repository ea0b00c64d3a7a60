"""Checks a plan request as it comes from outside, field by field, and gives it as the core reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from needlepoint.cli.case import (
    DEEPEST_MM,
    read_answers,
    read_areas,
    read_id_of,
    read_id_or_none,
    read_patient,
    read_premises,
)
from needlepoint.cli.reading import Given, check_limits
from needlepoint.core.case import Case
from needlepoint.core.planning.request import PlanRequest
from needlepoint.knowledge import load
from needlepoint.knowledge.answers import AnswerError, check_day

LARGEST_CM2: Final = 20_000
DENSEST_PER_CM2: Final = 5_000
_OF_AGE: Final = 18


def read_request(values: Mapping[str, Any]) -> PlanRequest:
    """Give the request of a plan.

    Raises
    ------
    AnswerError: naming the class of bad input, the path of the field and what is wrong.
    """
    names = load().vocabulary
    given = Given(values)
    id_ = given.text_or_none("id")
    on = check_day(given.need("on"), "on")
    patient = read_patient(given.object("patient"), on)
    indication = names.indications[read_id_of(given, "indication", names.indications)]
    device = _id_or_null(given, "device", names.devices)
    product = _id_or_null(given, "anaesthetic", names.anaesthetics)
    areas = read_areas(given)
    premises = given.take("premises")
    answers, answered_on = read_answers(given, on=on, patient=patient, indication=indication)
    case = Case(
        id=id_,
        on=on,
        patient=patient,
        premises=None if premises is None else read_premises(premises),
        operator=read_id_or_none(given, "operator", names.operators),
        device=names.devices[device] if device else None,
        indication=indication,
        areas=areas,
        anaesthetic=names.anaesthetics[product] if product else None,
        answers=answers,
        answered_on=answered_on,
    )
    request = PlanRequest(
        case=case,
        area_cm2=_by_area(given, "area_cm2", areas, greatest=LARGEST_CM2),
        depth_mm=_depths(given, areas),
        target_density_per_cm2=given.number_or_none("target_density_per_cm2", above=0, greatest=DENSEST_PER_CM2),
    )
    given.done()
    _check_sizes(request)
    return request


def _id_or_null(given: Given, key: str, known: Collection[str]) -> str | None:
    """Give an id that may be null but must be there."""
    if key not in given.keys():  # noqa: SIM118  Given is no mapping: its keys leave out those that begin with x_
        raise AnswerError("missing_field", given.at(key), "is required; null leaves it open")
    return read_id_or_none(given, key, known)


def _by_area(given: Given, key: str, areas: tuple[str, ...], *, greatest: float) -> Mapping[str, float]:
    row = given.object_or_none(key)
    found: dict[str, float] = {}
    for area in row.keys() if row else ():
        assert row is not None  # noqa: S101  it has keys
        if area not in areas:
            raise AnswerError("unknown_area", row.at(area), "is no planned area")
        value = row.take(area)
        if value is not None:
            found[area] = check_limits(value, row.at(area), above=0, greatest=greatest)
    return MappingProxyType(found)


def _depths(given: Given, areas: tuple[str, ...]) -> Mapping[str, float]:
    """Give the depths wanted by area; one number stands for all of them."""
    value = given.take("depth_mm")
    if value is None:
        return MappingProxyType({})
    if isinstance(value, dict):
        return _by_area(given, "depth_mm", areas, greatest=DEEPEST_MM)
    depth = check_limits(value, "depth_mm", above=0, greatest=DEEPEST_MM)
    return MappingProxyType(dict.fromkeys(areas, depth))


def _check_sizes(request: PlanRequest) -> None:
    """Refuse a request whose areas cannot be estimated or whose numbing cannot be limited."""
    case, patient = request.case, request.case.patient
    if any(area not in request.area_cm2 for area in case.areas):
        for field, value in (("weight_kg", patient.weight_kg), ("height_cm", patient.height_cm)):
            if value is None:
                message = "is required unless every area has its size in area_cm2"
                raise AnswerError("missing_field", f"patient.{field}", message)
    if case.anaesthetic is None or patient.weight_kg is not None:
        return
    if case.anaesthetic.route == "injected" or patient.age_on(case.on) < _OF_AGE:
        raise AnswerError("missing_field", "patient.weight_kg", "is required for this numbing product at this age")
