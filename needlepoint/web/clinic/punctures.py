"""What a device leaves on the skin: pictures of its punctures, simulated and to scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint import knowledge
from needlepoint.actions.access import Act
from needlepoint.core.terms import DeviceKind
from needlepoint.knowledge.planning import facts_on
from needlepoint.web.doors import staff
from needlepoint.web.puncture_picture import TooDense, picture, pictures

if TYPE_CHECKING:
    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.core.planning.facts import DeviceFacts, PlanningFacts
    from needlepoint.knowledge import Card

_DEEPEST_MM: Final = 5.0
_MOST_PASSES: Final = 40


@require_safe
@staff(Act.READ_KNOWLEDGE)
def punctures(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what 2, 4 and 8 passes of a device look like, and what was counted."""
    facts = facts_on(timezone.localdate())
    devices = [known for known in facts.devices.values() if known.planned]
    wished = request.GET.get("device", "")
    chosen = next((known for known in devices if known.device.id == wished), devices[0])
    depth, error = _depth(request.GET.get("depth", ""), chosen)
    context = {
        "devices": devices,
        "chosen": chosen,
        "depth": depth,
        "error": error,
        "pictures": pictures(chosen.device.id, depth_mm=depth, facts=facts),
        "cards": _cards(chosen, facts),
    }
    return render(request, "clinic/punctures.html", context)


@require_safe
@staff(Act.READ_KNOWLEDGE)
def puncture_picture(request: HttpRequest, device: str, passes: int, directions: int, *, by: Actor) -> HttpResponse:
    """Give one picture as SVG; `depth` in the query is the needle length of a roller, mm."""
    facts = facts_on(timezone.localdate())
    if device not in facts.devices or not facts.devices[device].planned:
        raise Http404(f"there is no device {device}")
    if not 1 <= passes <= _MOST_PASSES or directions not in (1, 2, 4):
        raise Http404("passes go from 1 to 40, in 1, 2 or 4 directions")
    depth, _ = _depth(request.GET.get("depth", ""), facts.devices[device])
    try:
        svg = picture(device, depth_mm=depth, passes=passes, directions=directions, facts=facts).svg
    except TooDense as error:
        raise Http404(str(error)) from None
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _depth(written: str, known: DeviceFacts) -> tuple[float, str]:
    """Give the depth asked for in mm, else the device's needles or, of a device without, 1 mm; and what was wrong."""
    usual = known.device.fixed_depth_mm or known.device.needle_length_mm or 1.0
    if known.device.fixed_depth_mm is not None or not written:
        return usual, ""
    try:
        depth = float(written.replace(",", "."))
    except ValueError:
        return usual, "A depth is a number in millimetres, for example 0.5."
    if not 0 < depth <= _DEEPEST_MM:
        return usual, f"A depth lies above 0 and up to {_DEEPEST_MM:g} mm."
    return depth, ""


def _cards(known: DeviceFacts, facts: PlanningFacts) -> list[Card]:
    way = facts.stroke.card if known.device.kind is DeviceKind.PEN else facts.drum.card
    ids = (known.card, way, facts.hands[known.device.kind].card, facts.hole.card)
    return [knowledge.load().cards[id_] for id_ in ids]
