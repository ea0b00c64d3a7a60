"""Brings it together: an eligible patient and a goal in; device, depth, passes, minutes and numbing out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from needlepoint.core.case import Case
from needlepoint.core.planning.areas import Made, plan_area
from needlepoint.core.planning.course import course_remarks, interval
from needlepoint.core.planning.facts import CareStep, PlanningFacts, PlanRule
from needlepoint.core.planning.labels import off_label
from needlepoint.core.planning.numbing import numbing_plan, numbing_warnings
from needlepoint.core.planning.request import Care, NumbingPlan, Plan, PlanRequest, Warned
from needlepoint.core.planning.visit import visit_time
from needlepoint.core.questions import missing_questions
from needlepoint.core.reading import Outcome, Reading, Truth, read

_NUMBING_ROW = "la-"

Met = tuple[PlanRule, Outcome]


def plan(request: PlanRequest, facts: PlanningFacts) -> Plan:
    """Give the plan of a session and a course; it repeats no screening and permits nothing.

    Parameters
    ----------
    request : the case and what is wished for it; areas to be estimated need height and weight
    facts : all cards that bear on a plan, as values

    Returns
    -------
    Plan : areas in vocabulary order; depth never above its ceiling; every number names its card

    Raises
    ------
    ValueError : an area must be estimated and height or weight is not given
    """
    case = request.case
    reading = read(case, facts.questions)
    before = _met(facts.rules, reading)
    tries = [
        plan_area(area, request, facts, [rule for rule, outcome in before if _concerns(outcome, area)])
        for area in case.areas
    ]
    planned = [made for made in tries if isinstance(made, Made)]
    needled = tuple(made.plan.area for made in planned)
    after = _met(facts.rules, read(_as_planned(request, planned), facts.questions)) if planned else []
    numbing = _numbing(request, facts, reading, before)
    missing = _missing(request, facts)
    indication = facts.indications[case.indication.id]
    days = interval(indication, after)
    total = sum(made.plan.minutes for made in planned)
    warnings = [warning for made in tries for warning in made.warnings]
    if planned:
        warnings += _of_rules(after, needled)
        warnings += course_remarks(indication, days, total, facts)
        warnings += _of_labels(request, planned, facts)
    warnings += _of_numbing(request, facts, numbing, planned, missing)
    cards = {"sessions": indication.card, "interval_days": days[1]} if planned else {}
    return Plan(
        id=case.id,
        areas=tuple(made.plan for made in planned),
        total_minutes=total,
        sessions=indication.sessions if planned else 0,
        interval_days=days[0] if planned and indication.sessions > 1 else None,
        anaesthetic=numbing,
        warnings=_ordered(warnings, facts.area_order),
        preparation=_care(facts.preparation, reading) if planned else (),
        aftercare=_care(facts.aftercare, reading) if planned else (),
        missing=missing,
        visit=visit_time([made.plan for made in planned], numbing, needling_min=total, length=facts.visit),
        knowledge_digest=facts.digest,
        cards=MappingProxyType(cards),
    )


def _concerns(outcome: Outcome, area: str) -> bool:
    return outcome.areas is None or area in outcome.areas


def _met(rules: Iterable[PlanRule], reading: Reading) -> list[Met]:
    """Give the rules that are met, and those that restrict and hang on an answer of "unknown": it is not a no."""
    outcomes = ((rule, rule.when.check(reading)) for rule in rules)
    return [
        (rule, outcome)
        for rule, outcome in outcomes
        if outcome.met or (outcome.truth is Truth.UNKNOWN and rule.restricts)
    ]


def _as_planned(request: PlanRequest, planned: Sequence[Made]) -> Case:
    """Give the case with the areas that remain and the deepest depth planned, for rules that look at them."""
    return replace(
        request.case,
        areas=tuple(made.plan.area for made in planned),
        depth_mm=max(made.plan.depth_mm for made in planned),
    )


def _of_rules(met: Iterable[Met], needled: Iterable[str]) -> Iterator[Warned]:
    for rule, outcome in met:
        if rule.warn is None or not (outcome.met or rule.restricts):
            continue
        where = [area for area in needled if _concerns(outcome, area)] if rule.by_area else [None]
        text = rule.because if outcome.met else f"Not known, so taken as a yes: {rule.because}"
        for area in where:
            yield Warned(code=rule.warn, area=area, text=text, card=rule.card)


def _of_labels(request: PlanRequest, planned: Sequence[Made], facts: PlanningFacts) -> Iterator[Warned]:
    case = request.case
    by_device: dict[str, list[str]] = {}
    for made in planned:
        by_device.setdefault(made.device.device.id, []).append(made.plan.area)
    for id_, areas in by_device.items():
        yield from off_label(
            facts.devices[id_],
            areas,
            indication=case.indication.id,
            fitzpatrick=case.patient.fitzpatrick,
            age=case.patient.age_on(case.on),
            label_age=facts.label_age,
        )


def _numbing(request: PlanRequest, facts: PlanningFacts, reading: Reading, met: Sequence[Met]) -> NumbingPlan | None:
    product = request.case.anaesthetic
    if product is None:
        return None
    blocked = [
        row for rule, outcome in met if rule.blocks for row in (rule.evidence if outcome.met else (facts.unknown_row,))
    ]
    minutes = [rule.max_minutes for rule, outcome in met if rule.max_minutes is not None]
    return numbing_plan(facts.anaesthetics[product.id], reading.case, blocked_by=blocked, max_minutes=minutes)


def _missing(request: PlanRequest, facts: PlanningFacts) -> tuple[str, ...]:
    if request.case.anaesthetic is None:
        return ()
    return tuple(
        question.id
        for question in missing_questions(request.case, facts.questions)
        if any(row.startswith(_NUMBING_ROW) for row in question.evidence)
    )


def _of_numbing(
    request: PlanRequest,
    facts: PlanningFacts,
    numbing: NumbingPlan | None,
    planned: Sequence[Made],
    missing: Sequence[str],
) -> Iterator[Warned]:
    product = request.case.anaesthetic
    if numbing is None or product is None:
        return
    known = facts.anaesthetics[product.id]
    yield from numbing_warnings(known, numbing, [(made.facts, made.plan) for made in planned])
    if missing:
        text = "The numbing limits must not be used until every question on numbing is answered."
        yield Warned(code="answer_missing", area=None, text=text, card=known.card)


def _ordered(warnings: Iterable[Warned], order: Mapping[str, int]) -> tuple[Warned, ...]:
    """Give each code once for each area it concerns, its texts joined; areas in vocabulary order, the plan last."""
    single: dict[tuple[str | None, str], Warned] = {}
    for warning in warnings:
        first = single.setdefault((warning.area, warning.code), warning)
        if warning.text not in first.text:
            single[(warning.area, warning.code)] = replace(first, text=f"{first.text} {warning.text}")
    return tuple(sorted(single.values(), key=lambda w: (len(order) if w.area is None else order[w.area], w.code)))


def _care(steps: Iterable[CareStep], reading: Reading) -> tuple[Care, ...]:
    cares = [
        Care(
            card=step.card,
            evidence=step.evidence,
            from_hours=step.from_hours,
            to_hours=step.to_hours,
            text=step.text,
        )
        for step in steps
        if step.when is None or step.when.check(reading).met
    ]
    return tuple(sorted(cares, key=_start))


def _start(care: Care) -> tuple[bool, float, bool, float, str]:
    """Order by the first hour, open ones first; then by the last, open ones last."""
    return (
        care.from_hours is not None,
        care.from_hours or 0.0,
        care.to_hours is None,
        care.to_hours or 0.0,
        care.card,
    )
