"""An adverse event in the fields of the authorities' forms: what is missing, what is suspected, as JSON and PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint.actions import adverse, adverse_report, chart, paper, stock
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic
from needlepoint.interop.reporting import forms as reports
from needlepoint.knowledge.reporting import rules_at
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import AdverseEvent

WHERE_IT_IS = (
    "Kept at the clinic, available for evaluation",
    "Returned to the manufacturer",
    "Thrown away",
)


class Particulars(forms.Form):
    """What is suspected, and what a form asks besides the records."""

    lot = forms.ChoiceField(label="Suspected lot", required=False)
    device_unit = forms.ChoiceField(label="Suspected device", required=False)
    serious = forms.MultipleChoiceField(
        label="Outcome attributed to the event", required=False, choices=list(adverse.SERIOUS.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    available = forms.ChoiceField(
        label="Where the device or pack is now", required=False,
        choices=[("", "Not said"), *((words, words) for words in WHERE_IT_IS)],
    )  # fmt: skip
    maker_place = forms.CharField(label="City and state of the manufacturer", max_length=120, required=False)
    catalogue = forms.CharField(label="Model or catalogue number", max_length=60, required=False)
    tests = forms.CharField(label="Tests and laboratory data", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    history = forms.CharField(label="Other relevant history", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    action = forms.CharField(label="Action taken", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, event: AdverseEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lots, units = adverse_report.choices(event.session)
        self.lots = {str(lot.pk): lot for lot in lots}
        self.units = {str(unit.pk): unit for unit in units}
        self._choose(
            "lot", [(pk, f"{stock.product_label(lot.product)}, lot {lot.number}") for pk, lot in self.lots.items()]
        )
        self._choose(
            "device_unit", [(pk, f"{stock.product_label(u.model)}, serial {u.serial}") for pk, u in self.units.items()]
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = [("", "None"), *choices]


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.REPORT_ADVERSE)
def report(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Show an adverse event in the fields of the forms; note what they ask besides."""
    event, now = adverse.find(pk), timezone.now()
    initial = {**event.particulars, "lot": event.lot_id, "device_unit": event.device_unit_id}
    form = Particulars(request.POST if request.method == "POST" else None, event=event, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        lot, unit = form.lots.get(given.pop("lot")), form.units.get(given.pop("device_unit"))
        adverse.note_particulars(pk, given, lot=lot, device_unit=unit, by=by, at=now)
        messages.success(request, "Kept.")
        return redirect("clinic:adverse_report", pk=pk)
    course = chart.read_course(event.session.course.ref, by=by, at=now)
    facts = adverse_report.facts(event, on=timezone.localdate(), by=by, at=now)
    clinic = the_clinic()
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "followup",
        "event": event,
        "form": form,
        "documents": [reports.document(id_, facts) for id_ in reports.FORMS],
        "rules": rules_at(clinic.premises) if clinic else (),
    }
    return render(request, "clinic/adverse_report.html", context, status=422 if form.errors else 200)


@require_safe
@staff(Act.REPORT_ADVERSE)
def report_file(request: HttpRequest, pk: int, kind: str, form: str, *, by: Actor) -> HttpResponse:
    """Give one form as JSON or as a PDF for printing."""
    if form not in reports.FORMS or kind not in {"json", "pdf"}:
        raise Http404("There is no such form.")
    event, now = adverse.find(pk), timezone.now()
    document = reports.document(form, adverse_report.facts(event, on=timezone.localdate(), by=by, at=now))
    if kind == "json":
        response = HttpResponse(reports.as_json(document), content_type="application/json")
    else:
        made = paper.pdf(reports.TEMPLATE, document, name="report", at=now)
        response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{form}-{pk}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response
