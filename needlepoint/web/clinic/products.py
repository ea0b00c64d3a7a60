"""What else a session used: serums and drugs by lot, and the disinfection of its handles afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from needlepoint.actions import chart, chart_words, charting, stock, substances
from needlepoint.actions import session as sessions
from needlepoint.actions.access import Act
from needlepoint.actions.charting import ChartSigned
from needlepoint.actions.substances import Use
from needlepoint.actions.trade_items import NotReceived
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import TreatmentSession

YES_NO = [("", "Choose"), ("yes", "Yes"), ("no", "No")]


def _is_yes(text: str) -> bool:
    return text == "yes"


class UseForm(forms.Form):
    """A serum or drug that was used."""

    lot = forms.TypedChoiceField(label="Product and lot", coerce=int)
    amount = forms.CharField(
        label="Amount", max_length=substances.LONGEST_AMOUNT, help_text="With its unit, such as 2 ml."
    )
    area = forms.ChoiceField(label="Where", required=False)
    channels = forms.TypedChoiceField(
        label="Put on while the channels were open", choices=YES_NO, coerce=_is_yes,
        help_text="During the needling or shortly after it.",
    )  # fmt: skip
    off_label = forms.TypedChoiceField(
        label="Outside its label", choices=YES_NO, coerce=_is_yes,
        help_text="Yes, unless its label names this use with needling.",
    )  # fmt: skip
    reason = forms.CharField(label="Why outside its label", max_length=substances.LONGEST_REASON, required=False)

    def __init__(self, *args: object, session: TreatmentSession, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        lots = substances.usable(session)
        self.lots = {lot.pk: lot for lot in lots}
        areas = {area.area: chart_words.area_label(area) for area in charting.areas_of(session).values()}
        self._choose("lot", [("", "Choose"), *((lot.pk, _lot_words(lot.product, lot.number)) for lot in lots)])
        self._choose("area", [("", "All areas"), *areas.items()])

    def _choose(self, name: str, choices: list[tuple[object, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = choices


def _lot_words(product: str, number: str) -> str:
    return f"{stock.product_label(product)}, lot {number}"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.TREAT)
def products(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the serums and drugs of a session; write one down, or strike one that was a mistake."""
    session, now = sessions.find(ref), timezone.now()
    which = request.POST.get("form", "")
    form = UseForm(request.POST if which == "use" else None, session=session)
    error, wrong = "", 0
    try:
        if which == "use" and form.is_valid():
            given = dict(form.cleaned_data)
            lot = form.lots[given.pop("lot")]
            substances.record(session, lot, Use(**given), by=by, at=now)
            messages.success(request, "Written down.")
            return redirect("clinic:session_products", ref=ref)
        if which == "strike":
            pk = request.POST.get("entry", "")
            wrong = int(pk[:18]) if pk.isascii() and pk.isdigit() else 0
            substances.strike(wrong, reason=request.POST.get("reason", "").replace("\0", ""), by=by, at=now)
            messages.success(request, "Struck; it stays readable.")
            return redirect("clinic:session_products", ref=ref)
    except NotReceived as refused:
        if which == "use":
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            error = str(refused)
    except ChartSigned as refused:
        messages.error(request, str(refused))
        return redirect("clinic:session", ref=ref)
    course = chart.read_course(session.course.ref, by=by, at=now)
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "sessions",
        "session": session,
        "rows": substances.of_session(session),
        "form": form,
        "error": error,
        "wrong": wrong,
    }
    return render(request, "clinic/products.html", context, status=422 if which else 200)
