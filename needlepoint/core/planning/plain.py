"""Gives a plan as the plain dictionaries, lists, words and numbers that the contract writes as JSON."""

from __future__ import annotations

from typing import Any

from needlepoint.core.planning.request import AreaPlan, Care, NumbingPlan, Plan, Warned

_DIGITS = 4


def plain(plan: Plan) -> dict[str, Any]:
    """Give a plan as JSON values, in the order of the contract."""
    return {
        **({} if plan.id is None else {"id": plan.id}),
        "areas": [_area(area) for area in plan.areas],
        "total_minutes": _number(plan.total_minutes),
        "sessions": plan.sessions,
        "interval_days": plan.interval_days,
        "anaesthetic": None if plan.anaesthetic is None else _numbing(plan.anaesthetic),
        "warnings": [_warning(warning) for warning in plan.warnings],
        "preparation": [_care(care) for care in plan.preparation],
        "aftercare": [_care(care) for care in plan.aftercare],
        "missing": list(plan.missing),
        "visit": {
            "numbing_min": [_number(minutes) for minutes in plan.visit.numbing_min],
            "after_min": [_number(minutes) for minutes in plan.visit.after_min],
            "whole_min": [_number(minutes) for minutes in plan.visit.whole_min],
            "cards": list(plan.visit.cards),
        },
        "knowledge_digest": plan.knowledge_digest,
        "cards": dict(plan.cards),
    }


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _area(area: AreaPlan) -> dict[str, Any]:
    return {
        "area": area.area,
        "area_cm2": _number(area.area_cm2),
        "device": area.device,
        "depth_mm": _number(area.depth_mm),
        "depth_ceiling_mm": _number(area.depth_ceiling_mm),
        "passes": area.passes,
        "density_per_cm2": _number(area.density_per_cm2),
        "minutes": _number(area.minutes),
        "density_assumed": area.density_assumed,
        "real_depth_mm": [_number(mm) for mm in area.real_depth_mm],
        "limits": [
            {"mm": _number(limit.mm), "why": limit.why, "card": limit.card, "by_law": limit.by_law}
            for limit in area.limits
        ],
        "reasons": [{"id": reason.id, "text": reason.text, "card": reason.card} for reason in area.reasons],
        "cards": dict(area.cards),
    }


def _numbing(numbing: NumbingPlan) -> dict[str, Any]:
    return {
        "product": numbing.product,
        "max_g": _number(numbing.max_g),
        "max_mg": _number(numbing.max_mg),
        "max_area_cm2": _number(numbing.max_area_cm2),
        "max_minutes": _number(numbing.max_minutes),
        "apply_before_min": _number(numbing.apply_before_min),
        "blocked_by": list(numbing.blocked_by),
        "card": numbing.card,
    }


def _warning(warning: Warned) -> dict[str, Any]:
    return {"code": warning.code, "area": warning.area, "text": warning.text, "card": warning.card}


def _care(care: Care) -> dict[str, Any]:
    return {
        "card": care.card,
        "evidence": list(care.evidence),
        "from_hours": care.from_hours,
        "to_hours": care.to_hours,
        "text": care.text,
    }
