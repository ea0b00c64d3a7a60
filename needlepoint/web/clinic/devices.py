"""The register of reusable devices, each with its services and disinfections, and the log of sharps containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from needlepoint.actions import devices as acts
from needlepoint.actions import sharps as containers
from needlepoint.actions import stock
from needlepoint.actions.access import Act
from needlepoint.actions.lot_codes import NotReadable, read_code
from needlepoint.actions.trade_items import NotReceived
from needlepoint.web import scanned
from needlepoint.web.clinic.forms import DayInput
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import DeviceUnit


def _models() -> list[tuple[str, str]]:
    return [("", "Choose"), *((p.id, p.label) for p in stock.products() if p.kind == stock.CARTRIDGE)]


class DeviceForm(forms.Form):
    """A reusable device of the clinic."""

    model = forms.ChoiceField(label="Device", choices=_models)
    serial = forms.CharField(label="Serial number", max_length=60)
    service_due = forms.DateField(
        label="Service due", required=False, widget=DayInput, help_text="From the day after, it cannot be chosen."
    )
    maker = forms.CharField(label="Maker", max_length=100, required=False)
    gtin = forms.RegexField(r"\d{14}", label="Trade number (GTIN)", max_length=14, required=False)


class ServiceForm(forms.Form):
    """A service that was done."""

    serviced_on = forms.DateField(label="Serviced on", widget=DayInput)
    next_due = forms.DateField(label="Next due", widget=DayInput)
    note = forms.CharField(label="What was found", max_length=acts.LONGEST_NOTE, required=False)


class DisinfectionForm(forms.Form):
    """A handle made ready for the next patient."""

    agent = forms.CharField(
        label="Disinfected with", max_length=acts.LONGEST_AGENT, help_text="Product, time, new sleeve."
    )
    passed = forms.TypedChoiceField(
        label="Looked at afterwards",
        choices=[("", "Choose"), ("yes", "Clean, dry and whole"), ("no", "Not in order")],
        coerce=lambda text: text == "yes",
    )
    note = forms.CharField(label="Note", max_length=acts.LONGEST_NOTE, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.STOCK)
def devices(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register; enter a device, by scan or by hand."""
    which = request.POST.get("form")
    form = DeviceForm(request.POST if which == "device" else None)
    more: dict[str, Any] = {}
    if which == "scan":
        form, more = _scanned(request)
    elif (
        which and form.is_valid() and _done(form, lambda given: acts.add_device_unit(**given, by=by, at=timezone.now()))
    ):
        messages.success(request, "The device is entered.")
        return redirect("clinic:devices")
    context = {"lines": acts.register(on=timezone.localdate()), "form": form, "room": "devices", "which": which, **more}
    return render(
        request, "clinic/devices.html", context, status=422 if which == "device" or "scan_error" in more else 200
    )


def _scanned(request: HttpRequest) -> tuple[DeviceForm, dict[str, Any]]:
    text = request.POST.get("code", "")
    try:
        text = scanned.code_in(request)
        code = read_code(text)
    except NotReadable as error:
        return DeviceForm(), {"scan_error": str(error), "code": text}
    return DeviceForm(initial={"serial": code.serial or code.lot, "gtin": code.gtin}), {"read": code.printed}


def _done(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Do an act with what a form holds; when it is refused the words go to the field they are about."""
    try:
        act(form.cleaned_data)
    except NotReceived as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.STOCK)
def device(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Show a device; write down a service, a disinfection, or that it is held back."""
    unit = acts.find_device(pk)
    which, now, today = request.POST.get("form", ""), timezone.now(), timezone.localdate()
    service = ServiceForm(request.POST if which == "service" else None)
    clean = DisinfectionForm(request.POST if which == "clean" else None)
    error = ""
    if which == "service" and service.is_valid():
        if _done(service, lambda given: acts.record_service(unit, **given, by=by, at=now, on=today)):
            return _kept(request, unit, "The service is written down.")
    elif which == "clean" and clean.is_valid():
        if _done(clean, lambda given: acts.record_disinfection(unit, **given, by=by, at=now)):
            return _kept(request, unit, "The disinfection is written down.")
    elif which == "state":
        try:
            reason = request.POST.get("reason", "").replace("\0", "")
            acts.set_device_state(unit, request.POST.get("state", ""), reason=reason, by=by, at=now)
        except NotReceived as refused:
            error = str(refused)
        else:
            return _kept(request, unit, "Changed.")
    context = {
        "unit": unit,
        "label": stock.product_label(unit.model),
        "unusable": acts.unusable_because(unit, on=today),
        "history": acts.history(unit, by=by, at=now),
        "states": [state for state in acts.device_states() if state[0] != unit.state],
        "service": service,
        "clean": clean,
        "error": error,
        "reason": request.POST.get("reason", ""),
        "room": "devices",
    }
    return render(request, "clinic/device.html", context, status=422 if which else 200)


def _kept(request: HttpRequest, unit: DeviceUnit, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("clinic:device", pk=unit.pk)


class ContainerForm(forms.Form):
    """A new sharps container."""

    label = forms.CharField(label="Number or label", max_length=40)
    room = forms.CharField(label="Room", max_length=60)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.STOCK)
def sharps(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the log of sharps containers; set one up, close it, write down who collected it."""
    which, now = request.POST.get("form", ""), timezone.now()
    form = ContainerForm(request.POST if which == "open" else None)
    error, wrong = "", None
    if which == "open" and form.is_valid():
        if _done(form, lambda given: containers.open_container(given["label"], room=given["room"], by=by, at=now)):
            messages.success(request, "The container is in the log.")
            return redirect("clinic:sharps")
    elif which == "move":
        try:
            pk = request.POST.get("container", "")
            wrong = int(pk[:18]) if pk.isascii() and pk.isdigit() else 0
            collector = request.POST.get("collector", "").replace("\0", "")
            moved = containers.move_on(wrong, request.POST.get("to", ""), collector=collector, by=by, at=now)
        except NotReceived as refused:
            error = str(refused)
        else:
            messages.success(request, f"Container {moved.label} is {containers.state_of(moved)}.")
            return redirect("clinic:sharps")
    rows = [(row, containers.state_of(row)) for row in containers.containers()]
    context = {"rows": rows, "form": form, "error": error, "wrong": wrong, "room": "sharps"}
    return render(request, "clinic/sharps.html", context, status=422 if which else 200)
