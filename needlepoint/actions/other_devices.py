"""What a plan would be with another device: the therapist may choose otherwise and sees what changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from needlepoint import knowledge
from needlepoint.actions.plan import computed
from needlepoint.knowledge.planning import facts_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from needlepoint.actions.plan import Computed, Wishes
    from needlepoint.core.terms import Area


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """A plan with one device for all areas beside the plan at hand; `more_minutes` is the difference."""

    device: str
    label: str
    minutes: float
    more_minutes: float
    depths_mm: tuple[float, ...]
    left_out: tuple[str, ...]
    unsuited: tuple[str, ...]
    off_label: bool


def otherwise(made: Computed, *, wishes: Wishes) -> tuple[Otherwise, ...]:
    """Give for the foremost device of each kind what would change, those that leave out least first."""
    facts = facts_on(date.fromisoformat(made.document["on"]))
    ranked = [device for device in facts.devices.values() if device.planned and device.rank is not None]
    others = []
    for kind in dict.fromkeys(device.device.kind for device in ranked):
        tried = [
            _with(device.device.id, made, wishes=wishes)
            for device in sorted(ranked, key=lambda device: device.rank or 0)
            if device.device.kind is kind and device.device.id != made.document["device"]
        ]
        others += sorted(tried, key=_worth)[:1]
    return tuple(sorted(others, key=_worth))


def _with(device: str, made: Computed, *, wishes: Wishes) -> Otherwise:
    # Passes belong to the device they were chosen for; every other wish is kept.
    result = computed({**made.document, "device": device}, replace(wishes, passes={}))
    names = knowledge.load().vocabulary
    planned = {row["area"] for row in made.result["areas"]}
    kept = {row["area"] for row in result["areas"]}
    codes = {warning["code"] for warning in result["warnings"]}
    return Otherwise(
        device=device,
        label=names.devices[device].label,
        minutes=result["total_minutes"],
        more_minutes=result["total_minutes"] - made.result["total_minutes"],
        depths_mm=tuple(sorted({row["depth_mm"] for row in result["areas"]})),
        left_out=tuple(names.areas[area].label for area in names.expand(planned - kept)),
        unsuited=tuple(_unsuited(result, names.areas)),
        off_label=any(code.startswith("off_label") for code in codes),
    )


def _unsuited(result: Mapping[str, Any], areas: Mapping[str, Area]) -> Iterator[str]:
    for warning in result["warnings"]:
        if warning["code"] == "device_unsuited_to_area":
            yield areas[warning["area"]].label


def _worth(other: Otherwise) -> tuple[int, int, bool]:
    return len(other.left_out), len(other.unsuited), other.off_label
