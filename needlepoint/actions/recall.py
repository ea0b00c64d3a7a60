"""The recall run: a notice comes in, what it meets is held back, patients are listed, written to and asked again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from needlepoint.actions import access, audit, messages, recall_match, stock, tracing, vault
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.recall_match import Named
from needlepoint.knowledge.selfcheck import triage_on
from needlepoint.records.models import (
    Alert,
    ContactKind,
    DeviceState,
    DeviceUnit,
    Lot,
    LotState,
    MessageState,
    Recall,
    RecallAction,
    RecallContact,
    RecallMatch,
    RecallPatient,
    RecallUrgency,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import TreatmentSession

RECALLS_SHOWN: Final = 50
LONGEST_TEXT: Final = 10_000
LONGEST_WORDS: Final = 500
LARGEST_FILE: Final = 20 * 2**20
MOST_NUMBERS: Final = 500
REACHED: Final = frozenset({ContactKind.TELEPHONE, ContactKind.REPLY, ContactKind.REPLY_HARM, ContactKind.GIVEN_UP})
WRITTEN: Final = frozenset({ContactKind.MESSAGE, ContactKind.REMINDER, ContactKind.LETTER})
BY_HAND: Final = tuple(kind for kind in ContactKind if kind not in {ContactKind.MESSAGE, ContactKind.REMINDER})
WITH_WORDS: Final = frozenset({ContactKind.REPLY_HARM, ContactKind.GIVEN_UP})


class NotARecall(Exception):
    """A notice, or an entry in its run, cannot be taken as it is; the field is named."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


class RecallClosed(Exception):
    """The recall has been closed and is locked."""

    def __init__(self) -> None:
        super().__init__("This recall is closed and locked.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the maker or an authority wrote."""

    maker: str
    named: Named
    notice_on: date
    urgency: str
    action: str
    text: str
    reference: str = ""
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)


def urgencies() -> tuple[tuple[str, str], ...]:
    """Give how grave a notice can be, in words."""
    return tuple((one.value, str(one.label)) for one in RecallUrgency)


def decisions() -> tuple[tuple[str, str], ...]:
    """Give what can become of what a notice meets, in words."""
    return tuple((one.value, str(one.label)) for one in RecallAction)


def numbers_in(text: str) -> tuple[str, ...]:
    """Give the lot or serial numbers of a list, one a line or with commas or semicolons between."""
    numbers = (" ".join(part.split()) for part in re.split(r"[\n,;]", text))
    return tuple(dict.fromkeys(number for number in numbers if number))


@transaction.atomic
def open_recall(notice: Notice, *, by: Actor, at: datetime, on: date) -> Recall:
    """Take a notice in: hold back every lot and device it meets and list every patient they touched, in one go.

    Raises
    ------
    NotARecall
        The notice says too little, or what it says cannot be.

    """
    access.require(Act.RUN_RECALL, by=by)
    _check(notice, on=on)
    named = notice.named
    recall = Recall.objects.create(
        maker=notice.maker, reference=notice.reference, product=named.product, lots=list(named.lots),
        serials=list(named.serials), gtin=named.gtin, notice_on=notice.notice_on, urgency=notice.urgency,
        action=notice.action, text=notice.text, file_name=notice.file_name if notice.file else "",
        file_sha256=vault.put(notice.file) if notice.file else "", opened_at=at, opened_by=by.member,
    )  # fmt: skip
    _look(recall, by=by, at=at)
    audit.record("open_recall", by=by, at=at, subject=recall, maker=notice.maker, reference=notice.reference)
    return recall


def _check(notice: Notice, *, on: date) -> None:
    named = notice.named
    asked = (
        ("maker", 0 < len(notice.maker) <= 120, "Say whose product it is, in at most 120 characters."),
        ("lots", not named.empty, "Say at least one of: lot numbers, serial numbers, trade number, product."),
        ("lots", len(named.lots) <= MOST_NUMBERS, f"At most {MOST_NUMBERS} numbers; open a second recall for others."),
        ("serials", len(named.serials) <= MOST_NUMBERS, f"At most {MOST_NUMBERS} numbers in one notice."),
        ("gtin", not named.gtin or re.fullmatch(r"\d{14}", named.gtin, re.ASCII),
         "A trade number (GTIN) has fourteen digits; put zeros before a shorter one."),
        ("notice_on", notice.notice_on <= on, "This day is still to come."),
        ("urgency", notice.urgency in RecallUrgency.values, "Choose one of the list."),
        ("action", notice.action in RecallAction.values, "Choose one of the list."),
        ("text", len(notice.text.strip()) > 0 and len(notice.text) <= LONGEST_TEXT,
         f"Enter what the notice says, in at most {LONGEST_TEXT} characters."),
        ("file", len(notice.file) <= LARGEST_FILE, f"The file is too large: at most {LARGEST_FILE // 2**20} MB."),
    )  # fmt: skip
    for name, good, words in asked:
        if not good:
            raise NotARecall(name, words)


@transaction.atomic
def look_again(recall: Recall, *, by: Actor, at: datetime) -> tuple[int, int]:
    """Look for lots, devices and patients that came since; give how many of stock and how many patients are new.

    Raises
    ------
    RecallClosed
        The recall is locked.

    """
    access.require(Act.RUN_RECALL, by=by)
    return _look(lock(recall), by=by, at=at)


def lock(recall: Recall) -> Recall:
    """Give a recall as it is now, held, unless it is closed."""
    locked = Recall.objects.select_for_update().get(pk=recall.pk)
    if locked.closed_at is not None:
        raise RecallClosed
    return locked


def _look(recall: Recall, *, by: Actor, at: datetime) -> tuple[int, int]:
    """Hold back what is met, then list the patients: from the first step on nobody can use any of it unseen.

    All rows of the stock are held before the first event of the audit trail, as everybody does who opens a unit: who
    held the trail and waited for a lot would wait for ever for somebody who held the lot and waited for the trail.
    """
    named = recall_match.named_by(recall)
    have_lots = set(recall.matches.exclude(lot=None).values_list("lot_id", flat=True))
    have_units = set(recall.matches.exclude(device_unit=None).values_list("device_unit_id", flat=True))
    lots = {lot.pk: why for lot, why in recall_match.lots_met(named) if lot.pk not in have_lots}
    units = {unit.pk: why for unit, why in recall_match.devices_met(named) if unit.pk not in have_units}
    held_lots = list(Lot.objects.select_for_update().filter(pk__in=lots).order_by("pk"))
    held_units = list(DeviceUnit.objects.select_for_update().filter(pk__in=units).order_by("pk"))
    for lot in held_lots:
        RecallMatch.objects.create(recall=recall, lot=lot, because=lots[lot.pk], before=lot.state, at=at)
        _hold(lot, recall, "set_lot_state", by=by, at=at)
    for unit in held_units:
        RecallMatch.objects.create(recall=recall, device_unit=unit, because=units[unit.pk], before=unit.state, at=at)
        _hold(unit, recall, "set_device_state", by=by, at=at)
    listed = set(recall.patients.values_list("patient_id", flat=True))
    new = {session.course.patient_id for session in sessions_of(recall)} - listed
    RecallPatient.objects.bulk_create(RecallPatient(recall=recall, patient_id=pk, at=at) for pk in sorted(new))
    audit.record("match_recall", by=by, at=at, subject=recall, stock=len(lots) + len(units), patients=len(new))
    return len(lots) + len(units), len(new)


def _hold(held: Lot | DeviceUnit, recall: Recall, act: str, *, by: Actor, at: datetime) -> None:
    """Hold a lot or a device back, unless it is held back for good already."""
    if held.state in {LotState.RECALLED, DeviceState.RETIRED, recall.action}:
        return
    before, held.state = held.state, recall.action
    held.save(update_fields=["state"])
    audit.record(act, by=by, at=at, subject=held, before=before, after=held.state, reason=f"recall {recall}")


def sessions_of(recall: Recall) -> list[TreatmentSession]:
    """Give the sessions in which something was used that the recall meets."""
    rows = list(recall.matches.select_related("lot", "device_unit"))
    return tracing.sessions_with(
        [row.lot for row in rows if row.lot], [row.device_unit for row in rows if row.device_unit]
    )


def find(ref: UUID) -> Recall:
    """Give a recall; raises NoSuchRecord when there is none under this reference."""
    found = Recall.objects.select_related("opened_by", "closed_by").filter(ref=ref).first()
    if found is None:
        raise NoSuchRecord("recall")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallLine:
    """A recall as the list shows it."""

    recall: Recall
    patients: int
    waiting: int


def recalls() -> tuple[RecallLine, ...]:
    """Give the newest recalls, the open ones first; one query."""
    reached = Count("patients", filter=Q(patients__contacts__kind__in=REACHED), distinct=True)
    rows = Recall.objects.annotate(listed=Count("patients", distinct=True), reached=reached)
    lines = [
        RecallLine(recall=row, patients=row.listed, waiting=row.listed - row.reached)
        for row in rows.order_by("-opened_at")[:RECALLS_SHOWN]
    ]
    return tuple(sorted(lines, key=lambda line: line.recall.closed_at is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A patient of a recall: the sessions, what was tried, and where it stands."""

    row: RecallPatient
    sessions: tuple[TreatmentSession, ...]
    contacts: tuple[RecallContact, ...]
    unsent: str

    @property
    def state(self) -> str:
        """Give reached, written or open."""
        kinds = {contact.kind for contact in self.contacts}
        if kinds & REACHED:
            return "reached"
        return "written" if kinds & WRITTEN else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that the page of a recall shows."""

    recall: Recall
    matches: tuple[RecallMatch, ...]
    listed: tuple[Listed, ...]

    def count(self, state: str) -> int:
        """Give how many patients stand there."""
        return sum(one.state == state for one in self.listed)


@transaction.atomic
def read_run(recall: Recall, *, by: Actor, at: datetime) -> Run:
    """Give the whole run, and record that it was read; the number of queries does not grow with it."""
    access.require(Act.RUN_RECALL, by=by)
    audit.record("read_recall", by=by, at=at, subject=recall)
    return run_of(recall)


def run_of(recall: Recall) -> Run:
    """Give the whole run."""
    by_patient: dict[int, list[TreatmentSession]] = {}
    for session in sessions_of(recall):
        by_patient.setdefault(session.course.patient_id, []).append(session)
    unsent = dict(
        recall.messages.filter(state__in=[MessageState.WITHHELD, MessageState.FAILED])
        .order_by("id")
        .values_list("patient_id", "reason")
    )
    rows = recall.patients.select_related("patient").prefetch_related("contacts__by", "contacts__message")
    return Run(
        recall=recall,
        matches=tuple(recall.matches.select_related("lot", "device_unit")),
        listed=tuple(
            Listed(
                row=row,
                sessions=tuple(by_patient.get(row.patient_id, ())),
                contacts=tuple(row.contacts.all()),
                unsent=unsent.get(row.patient_id, ""),
            )
            for row in rows
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of writing to the patients of a recall."""

    queued: int
    withheld: int


def write_to_all(recall: Recall, *, words: str, remind: bool, by: Actor, at: datetime) -> Written:
    """Write to every patient who was not written to, or remind everybody who was and has not answered.

    Each patient is a transaction of its own: when it is interrupted it goes on where it stopped, and nobody is written
    to twice. Whoever may not or cannot be written to stays on the list to be called.

    Raises
    ------
    NotARecall, RecallClosed
        Nothing is said to the patients, or the recall is locked.

    """
    access.require(Act.RUN_RECALL, by=by)
    words = words.replace("\r\n", "\n").strip()
    if not words or len(words) > LONGEST_TEXT:
        raise NotARecall("words", "Write what the patients should know and do.")
    run = run_of(recall)
    wanted = [one for one in run.listed if one.state == ("written" if remind else "open")]
    product = products_of(run)
    states = [_write(recall, one, words=words, product=product, remind=remind, by=by, at=at) for one in wanted]
    return Written(queued=states.count(MessageState.QUEUED), withheld=states.count(MessageState.WITHHELD))


@transaction.atomic
def _write(
    recall: Recall, one: Listed, *, words: str, product: str, remind: bool, by: Actor, at: datetime
) -> str | None:
    lock(recall)
    patient, key = one.row.patient, "recall_reminder" if remind else "recall"
    times = recall.messages.filter(patient=patient, key=key).exclude(state=MessageState.WITHHELD).count()
    if times and not remind:
        return None
    when = ", ".join(f"{session.on:%d %B %Y}" for session in reversed(one.sessions))
    written = messages.draft(patient, key, when=when, product=product, notice=words)
    if written.refusal and one.unsent == written.refusal:
        return MessageState.WITHHELD  # said before; the list shows it
    once = "" if written.refusal else f"{key}:{recall.pk}:{patient.pk}:{times}"
    message = messages.queue(patient, written, recall=recall, once=once, by=by, at=at)
    if message.state == MessageState.QUEUED:
        kind = ContactKind.REMINDER if remind else ContactKind.MESSAGE
        RecallContact.objects.create(listed=one.row, kind=kind, message=message, by=by.member, at=at)
    return message.state


def products_of(run: Run) -> str:
    """Give the products that a recall met, with their lots or serial numbers, in one line."""
    found: dict[str, list[str]] = {}
    for row in run.matches:
        if row.lot is not None:
            found.setdefault(stock.product_label(row.lot.product), []).append(f"lot {row.lot.number}")
        elif row.device_unit is not None:
            found.setdefault(stock.product_label(row.device_unit.model), []).append(f"serial {row.device_unit.serial}")
    return "; ".join(f"{product}, {', '.join(numbers)}" for product, numbers in found.items())


@transaction.atomic
def contact(pk: int, kind: str, *, words: str, by: Actor, at: datetime) -> RecallContact:
    """Write down a call, a letter or a reply; a patient with complaints goes into the clinician's queue.

    Raises
    ------
    NoSuchRecord, RecallClosed, NotARecall
        There is no such patient in a recall, it is locked, or the entry says too little.

    """
    access.require(Act.RUN_RECALL, by=by)
    listed = RecallPatient.objects.select_related("recall", "patient").filter(pk=pk).first()
    if listed is None:
        raise NoSuchRecord("patient of a recall")
    recall = lock(listed.recall)
    words = " ".join(words.replace("\0", "").split())
    if kind not in {one.value for one in BY_HAND}:
        raise NotARecall("kind", "Choose one of the list.")
    if kind in WITH_WORDS and not words:
        raise NotARecall("words", "Say what was told, or what was tried.")
    if len(words) > LONGEST_WORDS:
        raise NotARecall("words", f"At most {LONGEST_WORDS} characters.")
    row = RecallContact.objects.create(listed=listed, kind=kind, words=words, by=by.member, at=at)
    audit.record("recall_contact", by=by, at=at, patient=listed.patient, subject=recall, kind=kind)
    if kind == ContactKind.REPLY_HARM:
        _alert(listed, words, recall, by=by, at=at)
    return row


def _alert(listed: RecallPatient, words: str, recall: Recall, *, by: Actor, at: datetime) -> None:
    unread = triage_on(timezone.localdate(at)).unread
    alert = Alert.objects.create(
        patient=listed.patient, urgency=unread.urgency.value, raised_at=at,
        due_at=at + timedelta(hours=unread.due_hours), reason=f"Complaints told in the recall {recall}: {words}",
    )  # fmt: skip
    audit.record("raise_alert", by=by, at=at, patient=listed.patient, subject=alert, urgency=unread.urgency.value)
