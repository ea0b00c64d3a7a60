"""Consent: signing the frozen text, what of it is in force, taking parts back, and checking the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions import access, audit, consent_document, vault
from needlepoint.actions.access import Act, NoSuchRecord, NotPermitted
from needlepoint.actions.consent_document import sha256_of
from needlepoint.actions.consent_text import newest_text
from needlepoint.records.models import AuditEvent, Clinic, Consent, ConsentPart, ConsentWithdrawal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.signatures import Signature
    from needlepoint.records.models import ConsentText, Course

CONSENTS_SHOWN: Final = 20
SIGNED_ACT: Final = "sign_consent"


class PartsUnanswered(Exception):
    """Not every part has been answered with yes or no."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        self.parts = parts
        labels = ", ".join(ConsentPart(part).label.lower() for part in parts)
        super().__init__(f"Please answer yes or no: {labels}.")


class TextReplaced(Exception):
    """A newer version of the text was published while this one was being read."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"The text has been replaced by version {version}. Please read that one and sign it.")


class NotGiven(Exception):
    """A part cannot be taken back that is not in force."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(f"{ConsentPart(part).label}: there is no yes to take back.")


# The life of one part of a consent: what a patient does with it, and how it stands then.
AGREE, DECLINE, TAKE_BACK = "sign, agreeing", "sign, declining", "take back"
_SIGNED: Final = {AGREE: "agreed", DECLINE: "declined"}
PART_MOVES: Final[dict[str, dict[str, str]]] = {
    "not_asked": _SIGNED,
    "agreed": {**_SIGNED, TAKE_BACK: "withdrawn"},
    "declined": _SIGNED,
    "withdrawn": _SIGNED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    """One part as it stands: `state` is agreed, declined, withdrawn or not_asked; `since` says from when."""

    part: str
    label: str
    state: str
    since: datetime | None

    @property
    def agreed(self) -> bool:
        """Say whether this part may be relied on."""
        return self.state == "agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What a patient agrees to in one course now: the newest consent less what was taken back of it."""

    consent: Consent | None
    parts: tuple[PartState, ...]

    def may(self, move: str, part: str) -> bool:
        """Say whether the patient can do this with a part as it stands."""
        return any(state.part == part and move in PART_MOVES[state.state] for state in self.parts)

    def allows(self, part: str) -> bool:
        """Say whether the patient agrees to this part."""
        return any(state.part == part and state.agreed for state in self.parts)

    @property
    def state(self) -> str:
        """Give how the consent to treatment stands, as the chart marks it: open, done or stop."""
        return {"agreed": "done", "not_asked": "open"}.get(self.parts[0].state, "stop")

    @property
    def words(self) -> str:
        """Give in a word or two how the consent to treatment stands."""
        treatment = self.parts[0]
        words = {"agreed": "signed", "declined": "declined", "withdrawn": "withdrawn", "not_asked": "not signed"}
        if treatment.since is None:
            return words[treatment.state]
        since = timezone.localdate(treatment.since)
        return f"{words[treatment.state]} {since.day} {since:%b %Y}"


def in_force(course: Course) -> InForce:
    """Give what the patient agrees to in this course now; at most two queries."""
    consent = Consent.objects.filter(course=course).prefetch_related("withdrawals").first()
    return InForce(consent=consent, parts=part_states(consent))


def part_states(consent: Consent | None) -> tuple[PartState, ...]:
    """Give how each part of one consent stands, treatment first."""
    taken_back = {row.part: row.at for row in consent.withdrawals.all()} if consent else {}
    return tuple(_part_state(part, consent, taken_back.get(part)) for part in ConsentPart)


def _part_state(part: ConsentPart, consent: Consent | None, taken_back: datetime | None) -> PartState:
    if consent is None:
        return PartState(part=part.value, label=part.label, state="not_asked", since=None)
    if not consent.parts[part.value]:
        return PartState(part=part.value, label=part.label, state="declined", since=consent.at)
    if taken_back is not None:
        return PartState(part=part.value, label=part.label, state="withdrawn", since=taken_back)
    return PartState(part=part.value, label=part.label, state="agreed", since=consent.at)


def allows(course: Course, part: str) -> bool:
    """Say whether the patient agrees to this part of the consent now."""
    return in_force(course).allows(part)


def past(course: Course) -> tuple[Consent, ...]:
    """Give the newest consents of a course with what was taken back of them; two queries."""
    rows = Consent.objects.filter(course=course).select_related("text", "by").defer("text__body", "signature")
    return tuple(rows.prefetch_related("withdrawals")[:CONSENTS_SHOWN])


def sign(
    course: Course,
    *,
    text: ConsentText,
    parts: Mapping[str, bool],
    signature: Signature,
    on: date,
    by: Actor,
    at: datetime,
) -> Consent:
    """Keep what the patient answered and signed, and its document; sent twice, it is kept once.

    Raises
    ------
    NotPermitted
        The actor may not take this patient's consent.
    PartsUnanswered
        A part has neither yes nor no.
    TextReplaced
        A newer text has been published.

    """
    _require(course, by=by)
    unanswered = tuple(part for part in ConsentPart.values if not isinstance(parts.get(part), bool))
    if unanswered:
        raise PartsUnanswered(unanswered)
    answered = {part: parts[part] for part in ConsentPart.values}
    content = _content(course, text=text, parts=answered, signature=signature, by=by, at=at)
    # The document is made and safe on the disk before the row that names it, and outside of its transaction,
    # so that others can write meanwhile. Should the row fail, an unnamed file stays behind, which harms nobody.
    pdf_sha256 = vault.put(consent_document.render(content, at=at))
    with transaction.atomic():
        return _keep(course, text, answered, signature, pdf_sha256, on=on, by=by, at=at)


def _keep(
    course: Course,
    text: ConsentText,
    parts: dict[str, bool],
    signature: Signature,
    pdf_sha256: str,
    *,
    on: date,
    by: Actor,
    at: datetime,
) -> Consent:
    _lock(course)
    newest = newest_text()
    if newest is None or newest.pk != text.pk:
        raise TextReplaced(newest.version if newest else 1)
    last = Consent.objects.filter(course=course).first()
    same = {"text_id": text.pk, "parts": parts, "signature": signature.kept, "signed_name": signature.name, "on": on}
    if last and all(getattr(last, name) == value for name, value in same.items()) and not last.withdrawals.exists():
        return last  # the same form was sent twice
    consent = Consent.objects.create(
        course=course,
        treatment=parts[ConsentPart.TREATMENT],
        signature_kind=signature.kind,
        at=at,
        by=by.user,
        link=by.link,
        pdf_sha256=pdf_sha256,
        **same,
    )
    audit.record(
        SIGNED_ACT,
        by=by,
        at=at,
        patient=course.patient,
        subject=consent,
        text_version=text.version,
        parts=parts,
        pdf_sha256=pdf_sha256,
        signature_sha256=_signature_sha256(consent),
    )
    return consent


def _require(course: Course, *, by: Actor) -> None:
    if by.link is None:
        access.require(Act.TAKE_CONSENT, by=by)
        return
    access.require(Act.OWN_PAGES, by=by)
    if by.link.patient_id != course.patient_id:
        raise NotPermitted(Act.OWN_PAGES, by.role)


def _lock(course: Course) -> None:
    """Let one at a time sign, take back or open a session in this course."""
    type(course).objects.select_for_update().get(pk=course.pk)


def _content(
    course: Course,
    *,
    text: ConsentText,
    parts: Mapping[str, bool],
    signature: Signature,
    by: Actor,
    at: datetime,
) -> dict[str, Any]:
    """Give everything that is signed, as it stands in the document."""
    names = knowledge.load().vocabulary
    clinic = Clinic.objects.first()
    local = timezone.localtime(at)
    return {
        "clinic": {"name": clinic.name if clinic else "", "address": clinic.address if clinic else ""},
        "patient": {"name": str(course.patient), "birth_date": _spoken(course.patient.birth_date)},
        "treatment": {
            "indication": names.indications[course.indication].label,
            "areas": [names.areas[area].label for area in course.areas],
        },
        "text": {"version": text.version, "title": text.title, "sha256": text.sha256, "body": text.body},
        "answers": [{"part": part, "agreed": parts[part], **text.body["parts"][part]} for part in ConsentPart.values],
        "signature": {"kind": signature.kind, "name": signature.name, "strokes": signature.strokes},
        "signed_at": {
            "iso": local.isoformat(),
            "words": f"{_spoken(local)} at {local:%H:%M:%S} ({local.tzname()}, UTC{local:%z})",
        },
        "where": f"In the clinic, handed over by {by.user}." if by.user else "On the patient's own private pages.",
    }


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@transaction.atomic
def withdraw(consent: Consent, part: str, *, by: Actor, at: datetime) -> ConsentWithdrawal:
    """Take back one part; from this moment nothing may rely on it.

    Raises
    ------
    NotGiven
        The part was not agreed to, was taken back before, or a newer consent is in force.

    """
    course = consent.course
    _require(course, by=by)
    _lock(course)
    current = in_force(course)
    if current.consent is None or current.consent.pk != consent.pk or not current.may(TAKE_BACK, part):
        raise NotGiven(part)
    row = ConsentWithdrawal.objects.create(consent=consent, part=part, at=at, by=by.user, link=by.link)
    audit.record("withdraw_consent", by=by, at=at, patient=course.patient, subject=consent, part=part)
    return row


def find(course: Course, pk: int) -> Consent:
    """Give a consent of this course.

    Raises
    ------
    NoSuchRecord
        There is none under this number.

    """
    found = Consent.objects.select_related("course__patient", "text", "by", "link").filter(course=course, pk=pk).first()
    if found is None:
        raise NoSuchRecord("consent")
    return found


@transaction.atomic
def document(consent: Consent, *, by: Actor, at: datetime) -> bytes:
    """Give the PDF that was signed, whole as it was stored, and record that it was read.

    Raises
    ------
    NotInVault, AlteredInVault
        The file is gone or is not what was signed.

    """
    if by.link is None:
        access.require(Act.READ_CHART, by=by)
    else:
        _require(consent.course, by=by)
    pdf = vault.get(consent.pdf_sha256)
    audit.record("read_consent", by=by, at=at, patient=consent.course.patient, subject=consent)
    return pdf


def faults(consent: Consent) -> tuple[str, ...]:
    """Give in sentences what is no longer as it was signed; none when file, text and record are whole."""
    return (*_file_faults(consent), *_record_faults(consent))


def _file_faults(consent: Consent) -> list[str]:
    try:
        vault.get(consent.pdf_sha256)
    except vault.NotInVault:
        return ["The signed document is missing."]
    except vault.AlteredInVault:
        return ["The signed document was altered after it was signed."]
    return []


def _record_faults(consent: Consent) -> list[str]:
    """Hold the row and its text against what the audit trail noted when it was signed."""
    event = AuditEvent.objects.filter(act=SIGNED_ACT, subject=f"Consent:{consent.pk}").first()
    if event is None:
        return ["The audit trail does not know of this consent."]
    found = []
    noted = {
        "pdf_sha256": consent.pdf_sha256,
        "parts": consent.parts,
        "text_version": consent.text.version,
        "signature_sha256": _signature_sha256(consent),
    }
    if any(event.detail.get(name) != value for name, value in noted.items()) or event.at != consent.at:
        found.append("The record of this consent differs from what the audit trail noted.")
    if consent.text.sha256 != sha256_of({"title": consent.text.title, "body": consent.text.body}):
        found.append("The text that was signed was altered after it was published.")
    return found


def _signature_sha256(consent: Consent) -> str:
    return sha256_of([consent.signature_kind, consent.signature, consent.signed_name])
