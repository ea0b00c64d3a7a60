"""Closing a recall: what is still open, the signature, and the report frozen as PDF in the vault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone

from needlepoint.actions import access, audit, identity, paper, stock, vault
from needlepoint.actions import recall as recalls
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic
from needlepoint.actions.recall import NotARecall, RecallClosed
from needlepoint.records.models import ContactKind, LotState, RecallAction, RecallUrgency

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.recall import Listed, Run
    from needlepoint.records.models import Recall, RecallMatch

TEMPLATE: Final = Path(__file__).with_name("recall.typ")
MEANING: Final = "I am responsible for this recall; everything in this report is true and complete."
LONGEST_CONCLUSION: Final = 5000


class NotDone(Exception):
    """The recall cannot be closed yet; the reasons are the sentences that the page shows."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


def still_open(run: Run) -> tuple[str, ...]:
    """Give what stands in the way of closing a recall."""
    waiting = [str(one.row.patient) for one in run.listed if one.state != "reached"]
    if not waiting:
        return ()
    names = ", ".join(waiting[:5]) + (f" and {len(waiting) - 5} more" if len(waiting) > 5 else "")
    return (f"Not reached, and not given up with a reason: {names}.",)


def close(recall: Recall, *, conclusion: str, password: str, by: Actor, at: datetime) -> Recall:
    """Close, sign and lock a recall; its report is made from what stands now and kept as it is.

    Raises
    ------
    WrongPassword, TooManyTries
        Whoever signs did not show who they are.
    NotARecall, NotDone, RecallClosed
        The conclusion is missing, patients are not reached or new ones were found, or it was closed before.

    """
    access.require(Act.RUN_RECALL, by=by)
    if recall.closed_at is not None:
        raise RecallClosed
    identity.confirm(password, about=recall, by=by, at=at)
    _look_before(recall, by=by, at=at)
    with transaction.atomic():
        locked = recalls.lock(recall)
        run = recalls.run_of(locked)
        reasons = still_open(run)
        if reasons:
            raise NotDone(reasons)
        locked.conclusion = conclusion.replace("\r\n", "\n").replace("\0", "").strip()[:LONGEST_CONCLUSION]
        if not locked.conclusion:
            raise NotARecall("conclusion", "Say what was found and what becomes of the product.")
        locked.closed_at, locked.closed_by = at, by.member
        document = paper.pdf(TEMPLATE, content(run), name="recall", at=at)
        locked.report_sha256 = vault.put(document)
        locked.save()
        audit.record("close_recall", by=by, at=at, subject=locked, sha256=locked.report_sha256, meaning=MEANING)
    return locked


def _look_before(recall: Recall, *, by: Actor, at: datetime) -> None:
    """Look once more; what is found is kept, and must be seen before the recall is closed."""
    stock_met, patients = recalls.look_again(recall, by=by, at=at)
    if stock_met or patients:
        found = f"Looking once more found {stock_met} in stock and {patients} patients that are new. See them first."
        raise NotDone((found,))


def report(recall: Recall, *, by: Actor, at: datetime) -> bytes:
    """Give the frozen report of a closed recall, checked against its hash; raises NotInVault or AlteredInVault."""
    return _kept(recall, recall.report_sha256, "read_recall_report", by=by, at=at)


def notice_file(recall: Recall, *, by: Actor, at: datetime) -> bytes:
    """Give the file that came with the notice; raises NotInVault or AlteredInVault."""
    return _kept(recall, recall.file_sha256, "read_recall_notice", by=by, at=at)


@transaction.atomic
def _kept(recall: Recall, sha256: str, act: str, *, by: Actor, at: datetime) -> bytes:
    access.require(Act.RUN_RECALL, by=by)
    data = vault.get(sha256)
    audit.record(act, by=by, at=at, subject=recall)
    return data


def content(run: Run) -> dict[str, Any]:
    """Give the report as plain data: what the PDF shows and carries."""
    recall, clinic = run.recall, the_clinic()
    return {
        "clinic": {"name": clinic.name if clinic else "", "address": clinic.address if clinic else ""},
        "ref": str(recall.ref),
        "maker": recall.maker,
        "reference": recall.reference,
        "named": {
            "lots": recall.lots,
            "serials": recall.serials,
            "gtin": recall.gtin,
            "product": stock.product_label(recall.product) if recall.product else "",
        },
        "notice_on": f"{recall.notice_on:%d %B %Y}",
        "urgency": RecallUrgency(recall.urgency).label,
        "action": RecallAction(recall.action).label,
        "text": recall.text,
        "file": {"name": recall.file_name, "sha256": recall.file_sha256},
        "opened": {"at": _moment(recall.opened_at), "by": str(recall.opened_by)},
        "matches": [_match(row) for row in run.matches],
        "patients": [_patient(one) for one in run.listed],
        "conclusion": recall.conclusion,
        "closed": {"at": _moment(recall.closed_at), "by": str(recall.closed_by), "meaning": MEANING},
    }


def _match(row: RecallMatch) -> dict[str, str]:
    if row.lot is not None:
        what, number = stock.product_label(row.lot.product), f"lot {row.lot.number}"
    else:
        unit = row.device_unit
        what, number = (stock.product_label(unit.model), f"serial {unit.serial}") if unit else ("", "")
    before = LotState(row.before).label if row.before in LotState.values else row.before.replace("_", " ")
    return {"what": what, "number": number, "because": row.because, "before": before}


def _patient(one: Listed) -> dict[str, Any]:
    return {
        "name": str(one.row.patient),
        "birth_date": f"{one.row.patient.birth_date:%d %b %Y}",
        "sessions": [f"{session.on:%d %b %Y}" for session in reversed(one.sessions)],
        "contacts": [
            {
                "at": _moment(contact.at),
                "kind": ContactKind(contact.kind).label,
                "words": contact.words,
                "message": contact.message.get_state_display() if contact.message else "",
                "by": str(contact.by),
            }
            for contact in one.contacts
        ],
        "unsent": one.unsent,
    }


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d %b %Y, %H:%M}" if at else ""
