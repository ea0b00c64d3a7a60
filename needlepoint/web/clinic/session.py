"""The chart of a session: one page that saves every field as it changes, and as a whole where there is no script."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import (
    addenda,
    chart,
    chart_fields,
    chart_words,
    charting,
    completeness,
    cosigning,
    signing,
    stock,
    striking,
)
from needlepoint.actions import session as sessions
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.chart_fields import NoSuchField, NotAValue
from needlepoint.actions.charting import ChartSigned, NotUsable
from needlepoint.actions.identity import TooManyTries, WrongPassword
from needlepoint.actions.lot_codes import NotReadable
from needlepoint.actions.signing import NotComplete, NotSigned, ReasonMissing
from needlepoint.web import scanned
from needlepoint.web.clinic import session_map
from needlepoint.web.clinic.session_shown import ChartShown, chart_shown, choices_of, saved_words, text_of
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import SessionChange, TreatmentSession

MOST_SAID = 400  # entries of one button: a chart of all areas has fewer
MANY = ("depth_mm", "passes", "endpoint", "bleeding", "pain")  # what is set on many areas at once
LONGEST_AGE = timedelta(days=7)  # an entry that waited longer on a device counts as made then


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_CHART)
def session(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the chart; take all its fields at once where there is no script."""
    if request.method != "POST":
        return page(request, sessions.read(ref, by=by, at=timezone.now()), by=by)
    found = sessions.find(ref)
    try:
        typed, wrong = _save_all(request, found, by=by)
    except ChartSigned as error:
        messages.error(request, str(error))
        return redirect("clinic:session", ref=ref)
    if not wrong:
        messages.success(request, f"Saved at {timezone.localtime():%H:%M:%S}.")
        return redirect("clinic:session", ref=ref)
    return page(request, sessions.find(ref), by=by, typed=typed, wrong=wrong)


def page(
    request: HttpRequest,
    found: TreatmentSession,
    *,
    by: Actor,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Give the page of a chart: to be charted while it is open, to be read and amended once it is locked."""
    shown = chart_shown(found, typed=typed, wrong=wrong)
    context = {
        "header": chart.header(found.course, on=timezone.localdate()),
        "step": "sessions",
        "session": found,
        "chart": shown,
        "map": session_map.views(shown),
        "nonce": uuid.uuid4().hex,
        "meanings": signing.MEANINGS,
        "deviations": chart_words.DEVIATION_REASONS,
        "no_photo": chart_words.NO_PHOTO_REASONS,
        "bleedings": chart_words.bleedings(),
        "pains": range(chart_fields.MOST_PAIN + 1),
        "refusal": refusal(Act.TREAT, by=by),
        "strike_refusal": refusal(Act.STRIKE, by=by),
        "strike": striking.of(found),
        **_amending(more.pop("amending", request.GET.get("amend", "")), shown),
        "wrong": wrong or {},
        **more,
    }
    locked = found.signed_at is not None or found.struck_at is not None
    if locked:
        context |= _of_locked(found, by=by)
    template = "clinic/session_signed.html" if locked else "clinic/session.html"
    failed = wrong or any(name.endswith("_error") and more[name] for name in more)
    return render(request, template, context, status=422 if failed else 200)


def _of_locked(found: TreatmentSession, *, by: Actor) -> dict[str, Any]:
    """Give what the page of a locked chart shows besides the chart."""
    return {
        "faults": signing.faults(found),
        "amend_refusal": refusal(Act.AMEND, by=by) or (found.struck_at and "A struck chart is not amended."),
        "cosignature": cosigning.of(found),
        "cosign_refusal": refusal(Act.COSIGN, by=by) or cosigning.refusal(found, by=by),
        "cosign_meanings": cosigning.MEANINGS,
        "addenda": addenda.of(found),
        "addendum_refusal": refusal(Act.AMEND, by=by),
    }


def _amending(name: str, shown: ChartShown) -> dict[str, Any]:
    """Give which field of a signed chart is being amended, and of what kind its control is."""
    attribute = name.rpartition(".")[2]
    kinds = {
        **dict.fromkeys(chart_fields.TIMES, "time"),
        **dict.fromkeys(chart_fields.TICKED, "tick"),
        **dict.fromkeys(("numbing_lot", "cartridge", "device_unit", "bleeding"), "choice"),
        "endpoint": "endpoint",
        "device": "device",
    }
    kind = "tick" if name.startswith("time_out.") else kinds.get(attribute, "text")
    return {
        "amending": name,
        "kind": kind,
        "endpoints": chart_words.endpoints(),
        "choices": choices_of(attribute, shown) if kind == "choice" else (),
    }


def _save_all(request: HttpRequest, found: TreatmentSession, *, by: Actor) -> tuple[dict[str, str], dict[str, str]]:
    """Save the fields that were changed in the form; give what was typed where something was refused, and why."""
    posted, now = request.POST, timezone.now()
    areas = charting.areas_of(found)
    entries = {
        name: posted.get(name, "")
        for name in chart_fields.names(found, areas)
        if f"was.{name}" in posted and posted.get(name, "") != posted[f"was.{name}"]
    }
    entries |= _pressed(posted, areas) | _for_many(posted, areas, planned=sessions.planned(found))
    wrong: dict[str, str] = {}
    for name, text in entries.items():
        key = f"{posted.get('nonce', '')}:{name}"
        try:
            charting.save(found, name, text, key=key, made_at=now, by=by, at=now)
        except NotAValue as error:
            wrong[name] = str(error)
        except NoSuchField:
            continue  # a made-up button; the page has none of this name
    return entries, wrong


def _pressed(posted: Any, areas: dict[int, Any]) -> dict[str, str]:
    """Give what a button of the form stands for: the time now, or entries it says itself."""
    if posted.get("now") in chart_fields.TIMES:
        return {posted["now"]: chart_fields.NOW}
    if posted.get("say"):
        said = [line.strip().partition("=") for line in posted["say"].splitlines()[:MOST_SAID]]
        return {name: text for name, equals, text in said if equals}
    return {}


def _for_many(posted: Any, areas: dict[int, Any], *, planned: dict[str, Any]) -> dict[str, str]:
    """Give what is entered in every ticked area: the values chosen, or why those that differ from the plan do so."""
    chosen = [pk for pk in areas if str(pk) in posted.getlist("many.area")]
    if reason := posted.get("many.deviation_reason"):
        other = [pk for pk in chosen if completeness.differs(areas[pk], planned.get(areas[pk].area))]
        return {f"area.{pk}.deviation_reason": reason for pk in other}
    if not posted.get("many"):
        return {}
    values = {name: posted[f"many.{name}"] for name in MANY if posted.get(f"many.{name}")}
    return {f"area.{pk}.{name}": text for pk in chosen for name, text in values.items()}


@require_POST
@staff(Act.TREAT)
def save(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Save one field; the answer says when, and which entry stands now."""
    found = sessions.find(ref)
    posted, now = request.POST, timezone.now()
    try:
        saved = charting.save(
            found,
            posted.get("field", ""),
            posted.get("text", ""),
            key=posted.get("key", ""),
            made_at=now - _age(posted.get("age_ms", "")),
            by=by,
            at=now,
        )
    except ChartSigned as error:
        return JsonResponse({"error": str(error)}, status=409)
    except (NotAValue, NoSuchField) as error:
        return JsonResponse({"error": str(error), "field": posted.get("field", "")}, status=422)
    return JsonResponse({"stands": saved.stands, **_told([saved.standing], sessions.find(ref))})


def _age(text: str) -> timedelta:
    """Give how long ago an entry was made by the device's own clock; nonsense counts as now."""
    if not text.isascii() or not text.isdigit():
        return timedelta(0)
    return min(timedelta(milliseconds=int(text[:12])), LONGEST_AGE)


@require_safe
@staff(Act.TREAT)
def changes(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Give what changed on this chart, here or on another device, after a change of this number."""
    after = request.GET.get("after", "")
    number = int(after[:18]) if after.isascii() and after.isdigit() else 0
    found = sessions.find(ref)
    return JsonResponse(_told(charting.changes_after(found, number), found))


def _told(rows: Any, found: TreatmentSession) -> dict[str, Any]:
    """Give changes, and what follows from the chart as it is now, for the page to show."""
    areas = charting.areas_of(found)
    planned = sessions.planned(found)
    ticks = completeness.ticks(found, areas)
    return {
        "changes": [_change(row, chart_fields.field_of(found, row.field, areas=areas)) for row in rows],
        "signed": found.signed_at is not None or found.struck_at is not None,
        "missing": [words for tick in ticks for words in tick.missing],
        "done": [tick.label for tick in ticks if tick.done],
        "remarks": list(completeness.remarks(found)),
        "differs": {
            str(pk): ", ".join(completeness.differs(area, planned.get(area.area))) for pk, area in areas.items()
        },
        "time_out": f"{timezone.localtime(found.time_out_at):%H:%M}" if found.time_out_at else "",
        "numbing": [at.isoformat() if at else None for at in (found.numbing_on, found.numbing_off)],
    }


def _change(row: SessionChange, field: chart_fields.Field) -> dict[str, Any]:
    return {
        "id": row.pk,
        "field": row.field,
        "text": text_of(field, row.new),
        "words": chart_words.shown(field, row.new),
        "saved": saved_words(row),
        "by": str(row.by),
    }


@require_POST
@staff(Act.TREAT)
def cartridge(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Open the next unit of a lot, chosen or scanned."""
    found = sessions.find(ref)
    code, chosen = request.POST.get("code", "").replace("\0", ""), request.POST.get("lot", "")
    try:
        code = scanned.code_in(request)
        unit = (
            charting.open_next(found, stock.find_lot(int(chosen[:18])), by=by, at=timezone.now())
            if chosen.isascii() and chosen.isdigit()
            else charting.open_scanned(found, code, by=by, at=timezone.now())
        )
    except (NotUsable, NotReadable, ChartSigned) as error:
        return page(request, found, by=by, cartridge_error=str(error), code=code)
    messages.success(request, f"Opened: lot {unit.lot.number}, unit {unit.unit}.")
    return redirect("clinic:session", ref=ref)


@require_POST
@staff(Act.SIGN)
@sensitive_post_parameters("password")
def sign(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Sign and lock the chart."""
    found = sessions.find(ref)
    password, meaning = request.POST.get("password", ""), request.POST.get("meaning", "")
    try:
        signing.sign(found, password=password, meaning=meaning, by=by, at=timezone.now())
    except (WrongPassword, TooManyTries) as error:
        return page(request, found, by=by, sign_error=[str(error)], meaning=meaning)
    except NotComplete as error:
        return page(request, sessions.find(ref), by=by, sign_error=error.reasons, meaning=meaning)
    except ChartSigned as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Signed. The chart is locked; what must be corrected is amended.")
    return redirect("clinic:session", ref=ref)


@require_POST
@staff(Act.AMEND)
def amend(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Correct one field of a signed chart, with a reason."""
    found = sessions.find(ref)
    name, text = request.POST.get("field", ""), request.POST.get("text", "")
    reason = request.POST.get("reason", "")
    try:
        signing.amend(found, name, text, reason=reason, by=by, at=timezone.now())
    except (NotSigned, ChartSigned) as error:
        messages.error(request, str(error))
    except (NotAValue, NoSuchField, ReasonMissing) as error:
        return page(request, found, by=by, amending=name, amend_error=str(error), amend_text=text, amend_reason=reason)
    else:
        messages.success(request, "Amended. The original stays readable.")
    return redirect("clinic:session", ref=ref)
