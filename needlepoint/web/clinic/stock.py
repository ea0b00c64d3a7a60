"""The stock: lots by expiry, deliveries by scan or by hand, and what is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from needlepoint.actions import stock as stocks
from needlepoint.actions import tracing, trade_items
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.lot_codes import NotReadable, read_code
from needlepoint.actions.trade_items import NotReceived
from needlepoint.web import scanned
from needlepoint.web.clinic.forms import DayInput
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.lot_codes import Code

KINDS = {
    stocks.CARTRIDGE: "Cartridges",
    stocks.ROLLER: "Rollers, single use",
    stocks.ANAESTHETIC: "Numbing products",
}


def _products() -> list[tuple[str, Any]]:
    """Give the products by kind, as a select shows them."""
    known = stocks.products()
    groups = [(label, [(p.id, p.label) for p in known if p.kind == kind]) for kind, label in KINDS.items()]
    return [("", "Choose"), *groups, (stocks.SERUM, "Serum or drug, by its name")]


class DeliveryForm(forms.Form):
    """A lot that came in."""

    product = forms.ChoiceField(label="Product", choices=_products)
    name = forms.CharField(
        label="Name of the serum or drug", max_length=stocks.LONGEST_NAME, required=False,
        help_text="As printed; left empty for what is in the list.",
    )  # fmt: skip
    number = forms.CharField(label="Lot number", max_length=60, help_text="As printed on the pack.")
    expires_on = forms.DateField(label="Expires on", widget=DayInput)
    units = forms.IntegerField(
        label="Single-use units", required=False, min_value=1, max_value=stocks.MOST_UNITS,
        help_text="How many cartridges or rollers came; left empty for what is used by the lot.",
    )  # fmt: skip
    maker = forms.CharField(label="Maker", max_length=100, required=False)
    gtin = forms.RegexField(
        r"\d{14}",
        label="Trade number (GTIN)",
        max_length=14,
        required=False,
        help_text="Fourteen digits, from the code.",
    )
    serial = forms.CharField(
        label="Serial number", max_length=20, required=False, help_text="Of a single unit, from the code."
    )
    made_on = forms.DateField(label="Made on", required=False, widget=DayInput)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.STOCK)
def stock(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the stock; read a code; take in a delivery."""
    which = request.POST.get("form")
    if which == "scan":
        return _scanned(request, by=by)
    delivery = DeliveryForm(request.POST if which == "delivery" else None)
    if which == "delivery" and delivery.is_valid() and _receive(delivery, by=by):
        messages.success(request, f"Lot {delivery.cleaned_data['number']} is in stock.")
        return redirect("clinic:stock")
    return _page(request, delivery=delivery, status=422 if which else 200)


def _page(request: HttpRequest, *, delivery: DeliveryForm, status: int = 200, **more: Any) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "")[:60]
    context = {
        "lines": stocks.lots(on=timezone.localdate(), text=text),
        "shown": stocks.LOTS_SHOWN,
        "q": text,
        "delivery": delivery,
        "room": "stock",
        **more,
    }
    return render(request, "clinic/stock.html", context, status=status)


def _scanned(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Fill the delivery with what a code says; what it does not say is left to be typed."""
    text = request.POST.get("code", "")
    try:
        text = scanned.code_in(request)
        code = read_code(text)
    except NotReadable as error:
        return _page(request, delivery=DeliveryForm(), scan_error=str(error), code=text, status=422)
    item = trade_items.known(code)
    serum = item is not None and item.kind == stocks.SERUM
    initial = {
        "product": (stocks.SERUM if serum else item.product) if item else "",
        "name": item.product if item and serum else "",
        "maker": item.maker if item else "",
        "units": 1 if code.serial else item.units if item else None,
        "number": code.lot,
        **{name: getattr(code, name) for name in ("expires_on", "gtin", "serial", "made_on")},
    }
    read = f"{code.printed}" if code.gtin else ""
    return _page(request, delivery=DeliveryForm(initial=initial), read=read, new_item=_is_new(code, item))


def _is_new(code: Code, item: object) -> bool:
    return code.gtin is not None and item is None


def _receive(form: DeliveryForm, *, by: Actor) -> bool:
    given = form.cleaned_data
    serum = given["product"] == stocks.SERUM
    now = timezone.now()
    try:
        stocks.receive(
            given["name"] if serum else given["product"],
            number=given["number"],
            expires_on=given["expires_on"],
            units=given["units"] or 0,
            on=timezone.localdate(now),
            by=by,
            at=now,
            kind=stocks.SERUM if serum else None,
            pack=stocks.Pack(**{name: given[name] for name in ("gtin", "serial", "made_on", "maker")}),
        )
    except NotReceived as error:
        form.add_error(error.field, str(error))
        return False
    return True


@require_POST
@staff(Act.STOCK)
def scan(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Read the code in a picture from the camera, for the page that shows the camera."""
    try:
        return JsonResponse({"text": scanned.code_in(request)})
    except NotReadable as error:
        return JsonResponse({"error": str(error)}, status=422)


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
        "sessions": tracing.used_in(found, by=by, at=timezone.now()) if reading is None else (),
        "shown": tracing.SESSIONS_SHOWN,
        "reading": reading,
        "error": error,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "clinic/lot.html", context, status=422 if error else 200)
