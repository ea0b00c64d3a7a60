"""The stock: lots by expiry, deliveries, devices, and what is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from needlepoint.actions import stock as stocks
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.stock import NotReceived
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor

KINDS = {
    stocks.CARTRIDGE: "Cartridges",
    stocks.ROLLER: "Rollers, single use",
    stocks.ANAESTHETIC: "Numbing products",
}


def _products() -> list[tuple[str, Any]]:
    """Give the products by kind, as a select shows them."""
    known = stocks.products()
    groups = [(label, [(p.id, p.label) for p in known if p.kind == kind]) for kind, label in KINDS.items()]
    return [("", "Choose"), *groups]


def _models() -> list[tuple[str, str]]:
    return [("", "Choose"), *((p.id, p.label) for p in stocks.products() if p.kind == stocks.CARTRIDGE)]


class DeliveryForm(forms.Form):
    """A lot that came in."""

    product = forms.ChoiceField(label="Product", choices=_products)
    number = forms.CharField(label="Lot number", max_length=60, help_text="As printed on the pack.")
    expires_on = forms.DateField(label="Expires on", widget=forms.DateInput(attrs={"type": "date"}))
    units = forms.IntegerField(
        label="Single-use units", required=False, min_value=1, max_value=stocks.MOST_UNITS,
        help_text="How many cartridges or rollers came; left empty for a numbing product.",
    )  # fmt: skip


class DeviceForm(forms.Form):
    """A reusable device of the clinic."""

    model = forms.ChoiceField(label="Device", choices=_models)
    serial = forms.CharField(label="Serial number", max_length=60)
    service_due = forms.DateField(label="Service due", required=False, widget=forms.DateInput(attrs={"type": "date"}))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.STOCK)
def stock(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the stock; take in a delivery or a device."""
    which = request.POST.get("form")
    delivery = DeliveryForm(request.POST if which == "delivery" else None)
    device = DeviceForm(request.POST if which == "device" else None, prefix="device")
    if which == "delivery" and delivery.is_valid() and _receive(delivery, by=by):
        messages.success(request, f"Lot {delivery.cleaned_data['number']} is in stock.")
        return redirect("clinic:stock")
    if which == "device" and device.is_valid() and _add_device(device, by=by):
        messages.success(request, "The device is entered.")
        return redirect("clinic:stock")
    today = timezone.localdate()
    text = request.GET.get("q", "").replace("\0", "")[:60]
    context = {
        "lines": stocks.lots(on=today, text=text),
        "shown": stocks.LOTS_SHOWN,
        "q": text,
        "delivery": delivery,
        "device": device,
        "devices": [(stocks.product_label(unit.model), unit) for unit in stocks.device_units()],
        "today": today,
    }
    return render(request, "clinic/stock.html", context, status=422 if which else 200)


def _receive(form: DeliveryForm, *, by: Actor) -> bool:
    given = {**form.cleaned_data, "units": form.cleaned_data["units"] or 0}
    now = timezone.now()
    try:
        stocks.receive(given.pop("product"), **given, on=timezone.localdate(now), by=by, at=now)
    except NotReceived as error:
        form.add_error(error.field, str(error))
        return False
    return True


def _add_device(form: DeviceForm, *, by: Actor) -> bool:
    try:
        stocks.add_device_unit(**form.cleaned_data, by=by, at=timezone.now())
    except NotReceived as error:
        form.add_error(error.field, str(error))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.STOCK)
def lot(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Show a lot and whom it concerns; hold it back or release it."""
    found = stocks.find_lot(pk)
    error = ""
    if request.method == "POST":
        state, reason = request.POST.get("state", ""), request.POST.get("reason", "").replace("\0", "")
        try:
            stocks.set_state(found, state, reason=reason, by=by, at=timezone.now())
        except NotReceived as refused:
            error = str(refused)
        else:
            messages.success(request, "Changed.")
            return redirect("clinic:lot", pk=pk)
    reading = refusal(Act.READ_CHART, by=by)
    context = {
        "lot": found,
        "product": stocks.product_label(found.product),
        "unusable": stocks.unusable_because(found, on=timezone.localdate()),
        "states": [state for state in stocks.states() if state[0] != found.state],
        "sessions": stocks.used_in(found, by=by, at=timezone.now()) if reading is None else (),
        "shown": stocks.USES_SHOWN,
        "reading": reading,
        "error": error,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "clinic/lot.html", context, status=422 if error else 200)
