"""
Checks a case as it comes from outside, field by field, and gives it as the core reads it.

`needlepoint plan` shares the parts: `read_patient`, `read_areas`, `read_answers`, `read_premises`, `read_id_of`.
Each takes the fields it knows out of a `reading.Given` and raises `AnswerError` with the contract's class and path.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from needlepoint.cli.reading import Given, check_whole
from needlepoint.core.case import Case, Indication
from needlepoint.core.terms import Patient, Sex, Value
from needlepoint.knowledge import load
from needlepoint.knowledge.answers import (
    AnswerError,
    check_answer,
    check_day,
    check_ids,
    check_text,
    find_contradiction,
)

_PLACE: Final = re.compile(r"([A-Z]{2})(-[A-Z0-9]{1,3})?", re.ASCII)

# Limits of what the contract takes for a measurement at all; they are not clinical.
OLDEST: Final = 130
WEIGHT_KG: Final = (0.4, 500)
HEIGHT_CM: Final = (25, 260)
DEEPEST_MM: Final = 5
SKIN_TYPES: Final = (1, 6)


def read_case(values: Mapping[str, Any]) -> Case:
    """
    Give the case of a screening.

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
    device = names.devices[read_id_of(given, "device", names.devices)]
    product = read_id_or_none(given, "anaesthetic", names.anaesthetics)
    areas = read_areas(given)
    answers, answered_on = read_answers(given, on=on, patient=patient, indication=indication)
    case = Case(
        id=id_,
        on=on,
        patient=patient,
        premises=read_premises(given.need("premises")),
        operator=read_id_of(given, "operator", names.operators),
        device=device,
        indication=indication,
        areas=areas,
        depth_mm=given.number_or_none("depth_mm", above=0, greatest=DEEPEST_MM),
        anaesthetic=names.anaesthetics[product] if product else None,
        answers=answers,
        answered_on=answered_on,
    )
    given.done()
    return case


def read_patient(given: Given, on: date) -> Patient:
    """Give the patient; older than anyone ever was is out of range."""
    birth_date = check_day(given.need("birth_date"), given.at("birth_date"))
    if birth_date > on:
        raise AnswerError("future_date", given.at("birth_date"), f"{birth_date} is after {on}")
    patient = Patient(
        birth_date=birth_date,
        sex=Sex(read_id_of(given, "sex", [sex.value for sex in Sex])),
        fitzpatrick=check_whole(
            given.need("fitzpatrick"), given.at("fitzpatrick"), least=SKIN_TYPES[0], greatest=SKIN_TYPES[1]
        ),
        weight_kg=given.number_or_none("weight_kg", least=WEIGHT_KG[0], greatest=WEIGHT_KG[1]),
        height_cm=given.number_or_none("height_cm", least=HEIGHT_CM[0], greatest=HEIGHT_CM[1]),
    )
    given.done()
    if patient.age_on(on) > OLDEST:
        raise AnswerError("out_of_range", given.at("birth_date"), f"makes the patient older than {OLDEST}")
    return patient


def read_id_of(given: Given, key: str, known: Collection[str]) -> str:
    """Give an id out of a table of the vocabulary; it must be there."""
    given.need(key)
    id_ = read_id_or_none(given, key, known)
    assert id_ is not None  # noqa: S101  need has refused an absent one
    return id_


def read_id_or_none(given: Given, key: str, known: Collection[str]) -> str | None:
    """Give an id out of a table of the vocabulary, or None when it is absent."""
    id_ = given.text_or_none(key)
    if id_ is not None and id_ not in known:
        raise AnswerError("unknown_id", given.at(key), "is no known id")
    return id_


def read_areas(given: Given, key: str = "areas") -> tuple[str, ...]:
    """Give the planned areas, groups spread out, in vocabulary order; at least one."""
    names = load().vocabulary
    ids = check_ids(given.need(key), given.at(key), names.members.__contains__, klass="unknown_area", what="area")
    if not ids:
        raise AnswerError("empty_list", given.at(key), "needs at least one area")
    return names.expand(ids)


def read_answers(
    given: Given, *, on: date, patient: Patient, indication: Indication
) -> tuple[Mapping[str, Value], Mapping[str, date]]:
    """Give the answers and the days they were given on, held against each other."""
    known = load().question
    raw = given.object("answers")
    answers: dict[str, Value] = {}
    for id_ in raw.keys():  # noqa: SIM118  Given is no mapping: its keys leave out those that begin with x_
        if id_ not in known:
            raise AnswerError("unknown_question", raw.at(id_), "is no known question")
        answers[id_] = check_answer(known[id_], raw.take(id_), on=on, birth_date=patient.birth_date)
    found = find_contradiction(answers, patient=patient, indication=indication.id, indication_group=indication.group)
    if found is not None:
        raise AnswerError("contradiction", found.field, found.because)
    return answers, _answered_on(given, answers, on=on, birth_date=patient.birth_date)


def _answered_on(given: Given, answers: Mapping[str, Value], *, on: date, birth_date: date) -> Mapping[str, date]:
    days: dict[str, date] = {}
    raw = given.object_or_none("answered_on")
    for id_ in raw.keys() if raw else ():
        assert raw is not None  # noqa: S101  it has keys
        if id_ not in load().question:
            raise AnswerError("unknown_question", raw.at(id_), "is no known question")
        value = raw.take(id_)
        if value is not None:
            days[id_] = _answer_day(value, raw.at(id_), on=on, birth_date=birth_date)
            if id_ not in answers:
                raise AnswerError("contradiction", raw.at(id_), "a day without an answer")
    return days


def _answer_day(value: object, path: str, *, on: date, birth_date: date) -> date:
    day = check_day(value, path)
    if day > on:
        raise AnswerError("future_date", path, f"{day} is after {on}")
    if day < birth_date:
        raise AnswerError("impossible_date", path, f"{day} is before the day of birth")
    return day


def read_premises(value: object, path: str = "premises") -> str:
    """Give the place of treatment: an assigned ISO 3166-1 country, with or without a subdivision."""
    code = check_text(value, path)
    place = _PLACE.fullmatch(code)
    if place is None:
        raise AnswerError("bad_code", path, "must be a country such as DE or a subdivision such as US-CA")
    if place[1] not in countries():
        raise AnswerError("bad_code", path, f"{place[1]} is no assigned country code")
    return code


@cache
def countries() -> frozenset[str]:
    """Give the assigned two-letter codes of ISO 3166-1."""
    import pycountry  # here, because reading its tables takes longer than a whole screening

    return frozenset(country.alpha_2 for country in pycountry.countries)
