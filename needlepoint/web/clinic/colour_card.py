"""The colour card: printing it, and saying what its ruler measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint.actions import colour_card
from needlepoint.actions.access import Act
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor


@require_safe
@staff(Act.SEE_PHOTOGRAPHY)
def card_sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Send the sheet to be printed."""
    response = HttpResponse(colour_card.sheet(at=timezone.now()), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="colour-card.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.CALIBRATE_CARD)
def card_calibration(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Say what the printed ruler measures."""
    error = ""
    if request.method == "POST":
        try:
            kept = colour_card.calibrate(
                measured_mm=_length(request.POST.get("measured", "")), printer=request.POST.get("printer", ""), by=by,
                at=timezone.now(),
            )  # fmt: skip
        except colour_card.NotARuler as refusal:
            error = str(refusal)
        else:
            messages.success(request, f"The card is calibrated: {kept.measured_mm:g} mm for {kept.nominal_mm:g} mm.")
            return redirect("clinic:photography")
    context = {"calibration": colour_card.calibration(), "nominal": colour_card.RULER_MM, "error": error,
               "given": request.POST}  # fmt: skip
    return render(request, "clinic/card_calibration.html", context, status=422 if error else 200)


def _length(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
