"""The limits of a numbing product for one patient, and what rules it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from needlepoint.core.case import Case, lies_in
from needlepoint.core.planning.facts import AnaestheticFacts, AreaFacts, DoseBand
from needlepoint.core.planning.request import AreaPlan, NumbingPlan, Warned
from needlepoint.core.terms import Patient

_MONTHS = 12


def months_on(patient: Patient, day: date) -> int:
    """Give completed months of life on a day."""
    born = patient.birth_date
    return (day.year - born.year) * _MONTHS + day.month - born.month - (day.day < born.day)


def fitting_bands(facts: AnaestheticFacts, case: Case) -> tuple[DoseBand, ...]:
    """Give every band of the label that this patient falls into; all of them limit."""
    months, kg = months_on(case.patient, case.on), case.patient.weight_kg
    return tuple(band for band in facts.bands if _fits(band, months, kg, case.premises))


def _fits(band: DoseBand, months: int, kg: float | None, premises: str | None) -> bool:
    return all(
        (
            months >= band.from_months,
            band.below_months is None or months < band.below_months,
            band.from_kg is None or (kg is not None and kg >= band.from_kg),
            band.below_kg is None or (kg is not None and kg < band.below_kg),
            not band.premises or lies_in(premises, band.premises),
        )
    )


def numbing_plan(
    facts: AnaestheticFacts, case: Case, *, blocked_by: Iterable[str], max_minutes: Iterable[float]
) -> NumbingPlan:
    """Give the hard limits of a product: of all that bear on this patient, the lowest of each.

    Parameters
    ----------
    facts : the product
    case : patient, day and premises
    blocked_by : evidence rows that answers or circumstances bring against the product
    max_minutes : further limits on contact time, minutes

    Returns
    -------
    NumbingPlan : grams, milligrams, cm2, minutes; zero where blocked, None where a limit does not apply
    """
    bands = fitting_bands(facts, case)
    rows = sorted({*blocked_by, *(row for band in bands if band.never for row in band.evidence)})
    topical = facts.product.route == "topical"
    if rows:
        nothing = 0.0 if topical else None
        return _plan(facts, rows, nothing, None if topical else 0.0, nothing, nothing, None)
    minutes = _least([*(band.max_minutes for band in bands), *max_minutes]) if topical else None
    return _plan(
        facts,
        rows,
        _least(band.max_g for band in bands),
        _least(_milligrams(band, case.patient.weight_kg) for band in bands),
        _least(band.max_area_cm2 for band in bands),
        minutes,
        _least([facts.apply_before_min, minutes]) if facts.apply_before_min is not None else None,
    )


def _plan(
    facts: AnaestheticFacts,
    blocked_by: list[str],
    max_g: float | None,
    max_mg: float | None,
    max_area_cm2: float | None,
    max_minutes: float | None,
    apply_before_min: float | None,
) -> NumbingPlan:
    return NumbingPlan(
        product=facts.product.id,
        card=facts.card,
        max_g=max_g,
        max_mg=max_mg,
        max_area_cm2=max_area_cm2,
        max_minutes=max_minutes,
        apply_before_min=apply_before_min,
        blocked_by=tuple(blocked_by),
    )


def _milligrams(band: DoseBand, kg: float | None) -> float | None:
    by_weight = band.mg_per_kg * kg if band.mg_per_kg is not None and kg is not None else None
    return _least([by_weight, band.max_mg])


def _least(numbers: Iterable[float | None]) -> float | None:
    return min((number for number in numbers if number is not None), default=None)


def numbing_warnings(
    facts: AnaestheticFacts, numbing: NumbingPlan, planned: Iterable[tuple[AreaFacts, AreaPlan]]
) -> Iterator[Warned]:
    """Give the remarks on a product in the areas that are planned."""
    if numbing.blocked_by:
        rows = ", ".join(numbing.blocked_by)
        yield _whole("anaesthetic_blocked", f"{facts.product.label} may not be used: {rows}.", facts.card)
        return
    areas = list(planned)
    yield from _by_size(facts, numbing, sum(plan.area_cm2 for _, plan in areas))
    if facts.usual_minutes and numbing.max_minutes and numbing.max_minutes < facts.usual_minutes:
        text = f"Remove it after {numbing.max_minutes:g} min at the latest; otherwise {facts.usual_minutes:g} min hold."
        yield _whole("anaesthetic_time_limited", text, facts.card)
    if facts.product.route == "topical":
        for area, _ in areas:
            if "near_eye" in area.traits:
                text = "Keep the cream at least a finger's breadth from the lid margin and out of the eye."
                yield Warned(code="anaesthetic_near_eye", area=area.id, text=text, card=facts.card)


def _by_size(facts: AnaestheticFacts, numbing: NumbingPlan, cm2: float) -> Iterator[Warned]:
    limit, soft = numbing.max_area_cm2, facts.soft_area_cm2
    if limit is not None and cm2 > limit:
        text = f"The areas together are {cm2:.0f} cm2; no more than {limit:g} cm2 may be numbed at one time."
        yield _whole("anaesthetic_area_exceeded", text, facts.card)
    if soft is not None and cm2 > soft:
        text = f"Above {soft:g} cm2 of this product a prescriber confirms; the areas together are {cm2:.0f} cm2."
        yield _whole("anaesthetic_dose_soft_limit", text, facts.card)


def _whole(code: str, text: str, card: str) -> Warned:
    return Warned(code=code, area=None, text=text, card=card)
