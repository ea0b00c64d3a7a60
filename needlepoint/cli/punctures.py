"""`needlepoint punctures`: what a device leaves on a large piece of skin, simulated."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from needlepoint.cli.batch import write_json
from needlepoint.knowledge.answers import AnswerError
from needlepoint.knowledge.planning import facts_on

if TYPE_CHECKING:
    from needlepoint.core.planning.facts import DeviceFacts

_DEEPEST_MM: Final = 5.0
_LARGEST_CM2: Final = 20_000.0
_MOST_PASSES: Final = 100
_USUAL_MM: Final = 1.0


def punctures(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="Device id of the vocabulary.")],
    *,
    passes: Annotated[int, typer.Option(help="How many passes over the whole area.")],
    directions: Annotated[int, typer.Option(help="Directions the passes are dealt over: 1, 2 or 4.")] = 4,
    area_cm2: Annotated[float, typer.Option(help="Size of the skin.")] = 100.0,
    depth_mm: Annotated[float | None, typer.Option(help="Needle length of a roller that has no fixed one.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same punctures.")] = 7,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Count what passes leave on the skin: distinct punctures, gaps, the part that is opened."""
    known = facts_on(date.max).devices.get(device)
    if known is None or not known.planned:
        raise AnswerError("unknown_id", "DEVICE", "is no device that is planned with")
    _check("--passes", passes, _MOST_PASSES)
    _check("--area-cm2", area_cm2, _LARGEST_CM2)
    if depth_mm is not None:
        _check("--depth-mm", depth_mm, _DEEPEST_MM)
    if directions not in (1, 2, 4):
        raise AnswerError("out_of_range", "--directions", "must be 1, 2 or 4")
    if seed < 0:
        raise AnswerError("out_of_range", "--seed", "must not be negative")
    depth = known.device.fixed_depth_mm or depth_mm or _USUAL_MM
    answer = _counted(known, depth_mm=depth, passes=passes, directions=directions, area_cm2=area_cm2, seed=seed)
    if json:
        write_json(answer)
    else:
        sys.stdout.writelines(f"{name:<22} {value}\n" for name, value in answer.items())


def _check(option: str, value: float, greatest: float) -> None:
    if not 0 < value <= greatest:
        raise AnswerError("out_of_range", option, f"must be above 0 and at most {greatest:g}")


def _counted(
    known: DeviceFacts, *, depth_mm: float, passes: int, directions: int, area_cm2: float, seed: int
) -> dict[str, Any]:
    # Taken in only here, so that a wrong option is refused without waiting for the libraries.
    import numpy as np

    from needlepoint.core.planning.pattern import pattern_of
    from needlepoint.core.planning.punctures import simulate_face

    facts = facts_on(date.max)
    pattern = pattern_of(
        known, depth_mm=depth_mm, passes=passes, directions=directions, stroke=facts.stroke, drum=facts.drum,
        hand=facts.hands[known.device.kind],
    )  # fmt: skip
    found = simulate_face(
        pattern, rng=np.random.default_rng(seed), hole_um=facts.hole.diameter_um, area_cm2=area_cm2
    )  # fmt: skip
    return {
        "device": known.device.id,
        "depth_mm": depth_mm,
        "passes": passes,
        "directions": directions,
        "area_cm2": area_cm2,
        "seed": seed,
        "hole_um": facts.hole.diameter_um,
        "assumed": pattern.assumed,
        "nominal_per_cm2": round(pattern.per_cm2, 4),
        "per_cm2": round(found.per_cm2, 4),
        "distinct_per_cm2": round(found.distinct_per_cm2, 4),
        "nearest_mm": round(found.nearest_mm, 4),
        "evenness": round(found.evenness, 4),
        "touching": round(found.touching, 4),
        "missed_mm2": round(found.missed, 4),
        "widest_gap_mm": round(found.widest_gap_mm, 4),
        "opened": round(found.opened, 6),
        "cards": [known.card, pattern.card, pattern.hand.card, facts.hole.card],
    }
