"""Recalls: the notice, the run, the report; and the page that leads from lot to patients and from patient to lots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint.actions import recall as acts
from needlepoint.actions import recall_report, stock, tracing, vault
from needlepoint.actions.access import Act
from needlepoint.actions.identity import TooManyTries, WrongPassword
from needlepoint.actions.lot_codes import NotReadable, read_code
from needlepoint.actions.recall import NotARecall, Notice, RecallClosed
from needlepoint.actions.recall_match import Named
from needlepoint.actions.recall_report import NotDone
from needlepoint.web import scanned
from needlepoint.web.clinic.forms import DayInput
from needlepoint.web.clinic.stock import KINDS
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Recall


def _products() -> list[tuple[str, Any]]:
    known = stock.products()
    groups = [(label, [(p.id, p.label) for p in known if p.kind == kind]) for kind, label in KINDS.items()]
    return [("", "Not limited to one"), *groups]


class NoticeForm(forms.Form):
    """The notice as it came."""

    maker = forms.CharField(label="Maker", max_length=120)
    reference = forms.CharField(label="Reference of the notice", max_length=80, required=False)
    notice_on = forms.DateField(label="Date of the notice", widget=DayInput)
    urgency = forms.ChoiceField(label="Urgency", choices=lambda: [("", "Choose"), *acts.urgencies()])
    product = forms.ChoiceField(label="Product or device", choices=_products, required=False)
    other_product = forms.CharField(
        label="Or a serum or drug, by its name in stock", max_length=stock.LONGEST_NAME, required=False
    )
    lots = forms.CharField(
        label="Lot numbers", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, or with commas between. Left empty: every lot of the product or trade number.",
    )  # fmt: skip
    serials = forms.CharField(
        label="Serial numbers of devices", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    gtin = forms.CharField(label="Trade number (GTIN)", max_length=14, required=False)
    action = forms.ChoiceField(
        label="What becomes of it now", choices=acts.decisions, initial="quarantined",
        widget=forms.RadioSelect,
    )  # fmt: skip
    text = forms.CharField(label="What the notice says", widget=forms.Textarea(attrs={"rows": 5}))
    file = forms.FileField(label="The notice as a file", required=False)

    def notice(self) -> Notice:
        """Give what was typed as the actions take it; a file that is too large is left to them to refuse."""
        given = self.cleaned_data
        named = Named(
            lots=acts.numbers_in(given["lots"]),
            serials=acts.numbers_in(given["serials"]),
            gtin=given["gtin"],
            product=given["product"] or " ".join(given["other_product"].split()),
        )
        file = given["file"]
        return Notice(
            named=named,
            file=file.read(acts.LARGEST_FILE + 1) if file else b"",
            file_name=(file.name or "notice")[-120:] if file else "",
            **{name: given[name] for name in ("maker", "reference", "notice_on", "urgency", "action", "text")},
        )


@require_safe
@staff(Act.RUN_RECALL)
def recalls(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the recalls, the open ones first."""
    return render(request, "clinic/recalls.html", {"lines": acts.recalls(), "room": "recalls"})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.RUN_RECALL)
def recall_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a notice in."""
    form = NoticeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = acts.open_recall(form.notice(), by=by, at=timezone.now(), on=timezone.localdate())
        except NotARecall as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, "The notice is taken in; what it meets is held back.")
            return redirect("clinic:recall", ref=opened.ref)
    context = {"form": form, "room": "recalls"}
    return render(request, "clinic/recall_new.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.RUN_RECALL)
@sensitive_post_parameters("password")
def recall(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show a recall run; write to patients, note what they say, look again, close it."""
    found = acts.find(ref)
    if request.method != "POST":
        return _page(request, found, by=by)
    which = request.POST.get("form", "")
    try:
        words = _DOES[which](request, found, by) if which in _DOES else "Nothing was asked for."
    except (NotARecall, WrongPassword, TooManyTries) as error:
        return _page(request, found, by=by, wrong=which, errors=(str(error),))
    except NotDone as error:
        return _page(request, found, by=by, wrong=which, errors=error.reasons)
    except RecallClosed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("clinic:recall", ref=ref)


def _look_again(request: HttpRequest, found: Recall, by: Actor) -> str:
    stock_met, patients = acts.look_again(found, by=by, at=timezone.now())
    return f"Looked again: {stock_met} more in stock, {patients} more patients."


def _write(request: HttpRequest, found: Recall, by: Actor) -> str:
    remind = request.POST.get("form") == "remind"
    words = request.POST.get("words", "").replace("\0", "")
    done = acts.write_to_all(found, words=words, remind=remind, by=by, at=timezone.now())
    call = f" {done.withheld} may not be written to: please call." if done.withheld else ""
    return f"{done.queued} message{'' if done.queued == 1 else 's'} queued.{call}"


def _contact(request: HttpRequest, found: Recall, by: Actor) -> str:
    pk = request.POST.get("listed", "")
    number = int(pk[:18]) if pk.isascii() and pk.isdigit() else 0
    acts.contact(number, request.POST.get("kind", ""), words=request.POST.get("words", ""), by=by, at=timezone.now())
    return "Written down."


def _close(request: HttpRequest, found: Recall, by: Actor) -> str:
    conclusion, password = request.POST.get("conclusion", ""), request.POST.get("password", "")
    recall_report.close(found, conclusion=conclusion, password=password, by=by, at=timezone.now())
    return "Closed and signed. The report is frozen."


_DOES = {"look": _look_again, "write": _write, "remind": _write, "contact": _contact, "close": _close}


def _page(
    request: HttpRequest, found: Recall, *, by: Actor, wrong: str = "", errors: tuple[str, ...] = ()
) -> HttpResponse:
    run = acts.read_run(found, by=by, at=timezone.now())
    asked = request.POST.get("listed", "") if wrong == "contact" else ""
    context = {
        "recall": found,
        "run": run,
        "products": [_met(row) for row in run.matches],
        "reached": run.count("reached"),
        "written": run.count("written"),
        "open": run.count("open"),
        "kinds": [(kind.value, kind.label) for kind in acts.BY_HAND],
        "wrong": wrong,
        "wrong_listed": asked,
        "errors": errors,
        "posted": request.POST if wrong else {},
        "meaning": recall_report.MEANING,
        "still_open": recall_report.still_open(run),
        "product": stock.product_label(found.product) if found.product else "",
        "room": "recalls",
    }
    return render(request, "clinic/recall.html", context, status=422 if errors else 200)


def _met(row: Any) -> dict[str, Any]:
    """Give a line of what was met: product, number, reason, state now."""
    lot, unit = row.lot, row.device_unit
    return {
        "row": row,
        "label": stock.product_label(lot.product if lot else unit.model),
        "state": lot.state if lot else unit.state,
        "state_label": (lot or unit).get_state_display(),
    }


@require_safe
@staff(Act.RUN_RECALL)
def recall_report_pdf(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Give the frozen report."""
    found = acts.find(ref)
    try:
        data = recall_report.report(found, by=by, at=timezone.now())
    except vault.NotInVault:
        raise Http404("There is no report yet.") from None
    return _download(data, f"recall-{found.ref}.pdf", "application/pdf")


@require_safe
@staff(Act.RUN_RECALL)
def recall_notice(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Give the file that came with the notice, to be kept rather than shown: nobody here made it."""
    found = acts.find(ref)
    try:
        data = recall_report.notice_file(found, by=by, at=timezone.now())
    except vault.NotInVault:
        raise Http404("No file came with this notice.") from None
    return _download(data, found.file_name, "application/octet-stream")


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "._-"))
    response.headers["Content-Disposition"] = f'attachment; filename="{safe or "file"}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_CHART)
def trace(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Lead from a lot, a code or a serial number to patients, and from a patient to lots."""
    text, error = request.POST.get("code", ""), ""
    traced = None
    if request.method == "POST":
        try:
            text = scanned.code_in(request)[:300]
            traced = tracing.trace(_asked(text), by=by, at=timezone.now())
        except NotReadable as refused:
            error = str(refused)
    context = {"traced": traced, "code": text, "error": error, "room": "trace", "shown": tracing.SESSIONS_SHOWN}
    return render(request, "clinic/trace.html", context, status=422 if error else 200)


def _asked(text: str) -> str:
    """Give the lot or serial number of a code, or the words as they are."""
    if not (text.startswith(("(", "]", "http")) or "␝" in text or text[:18].isdigit()):
        return text
    code = read_code(text)
    return code.lot or code.serial or text
