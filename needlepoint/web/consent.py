"""The consent form, the same on the patient's phone and on the clinic's tablet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone

from needlepoint.actions import consent, consent_text, signatures
from needlepoint.actions.consent import PartsUnanswered, TextReplaced
from needlepoint.actions.signatures import SignatureMissing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.signatures import Signature
    from needlepoint.records.models import Consent, ConsentText, Course

ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """One part as the form shows it: what it says, what was chosen, and what is wrong with that."""

    id: str
    label: str
    statement: str
    note: str
    chosen: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormShown:
    """The form as it stands: the text, the parts, the signature and everything that is wrong."""

    text: ConsentText
    parts: tuple[PartShown, ...]
    name: str = ""
    method: str = ""
    drawing: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


def form(text: ConsentText, *, posted: Any = None, wrong: dict[str, str] | None = None) -> FormShown:
    """Give the form, empty or as it was sent; nothing is ticked beforehand."""
    posted, wrong = posted or {}, wrong or {}
    parts = tuple(
        PartShown(id=part, **words, chosen=posted.get(f"part-{part}", ""), error=wrong.get(f"part-{part}", ""))
        for part, words in text.body["parts"].items()
    )
    return FormShown(
        text=text,
        parts=parts,
        name=posted.get("name", ""),
        method=posted.get("method", ""),
        drawing=posted.get("drawing", ""),
        wrong=wrong,
    )


def send(request: HttpRequest, course: Course, *, by: Actor) -> Consent | FormShown:
    """Take the form that was sent: a signed consent, or the form again with what is wrong in it."""
    at = timezone.now()
    text = consent_text.offered_text(at=at)
    posted = request.POST
    parts = {part: ANSWERS.get(posted.get(f"part-{part}", "")) for part in text.body["parts"]}
    wrong = {f"part-{part}": "Please answer yes or no." for part, answer in parts.items() if answer is None}
    if posted.get("text") != str(text.pk):
        wrong["text"] = str(TextReplaced(text.version))
    signature = _signature(posted, wrong)
    if wrong or signature is None:
        return form(text, posted=posted, wrong=wrong)
    answered = {part: answer for part, answer in parts.items() if answer is not None}
    try:
        return consent.sign(
            course, text=text, parts=answered, signature=signature, on=timezone.localdate(at), by=by, at=at
        )
    except (PartsUnanswered, TextReplaced) as error:
        return form(consent_text.offered_text(at=at), posted=posted, wrong={"text": str(error)})


def _signature(posted: Any, wrong: dict[str, str]) -> Signature | None:
    """Give the signature, or note everything that is missing of it."""
    name, method = posted.get("name", ""), posted.get("method")
    signature = None
    try:
        signature = signatures.typed(name)
    except SignatureMissing as error:
        wrong[error.field] = str(error)
    if method == "typed":
        return signature
    if method != "drawn":
        wrong["method"] = "Choose how you sign: draw, or type your name."
        return None
    try:
        # A drawing is looked at also where the name is missing, so that both are told at once.
        drawn = signatures.drawn(posted.get("drawing", ""), name=signature.name if signature else "nobody")
    except SignatureMissing as error:
        wrong[error.field] = str(error)
        return None
    return drawn if signature else None


def file_answer(row: Consent, pdf: bytes) -> HttpResponse:
    """Give the signed document for download."""
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="consent-{row.on:%Y-%m-%d}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer
