"""Who may do what: one table, read by actions, pages and tests."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from needlepoint.records.models import Role

if TYPE_CHECKING:
    from needlepoint.actions.actor import Actor


class Act(StrEnum):
    """Everything a person can be allowed to do."""

    SEE_BOARD = "see the day board and the requests"
    HANDLE_REQUEST = "handle a request for a consultation"
    REGISTER_PATIENT = "register a patient"
    FIND_PATIENT = "find a patient"
    READ_CHART = "read a chart"
    EDIT_MEASURES = "record skin type, weight, height and allergies"
    OPEN_COURSE = "open a course of treatment"
    INVITE_PATIENT = "send a patient a private link"
    ANSWER = "answer screening questions for a patient"
    SCREEN = "screen"
    OVERRIDE = "override a finding"
    CONFIRM_OVERRIDE = "confirm another physician's override of a contraindication"
    READ_KNOWLEDGE = "read the knowledge cards"
    ADOPT_KNOWLEDGE = "adopt a knowledge set"
    REVIEW_KNOWLEDGE = "see which patients a card or a change of the knowledge touches"
    PLAN = "plan"
    ADOPT_PLAN = "adopt a plan"
    OVERRIDE_DEPTH = "plan beyond the depth a device was evaluated for"
    READ_PROTOCOLS = "read the protocols"
    WRITE_PROTOCOL = "write a protocol"
    ADOPT_PROTOCOL = "adopt a protocol"
    TAKE_CONSENT = "take consent"
    WRITE_CONSENT_TEXT = "publish a consent text"
    TREAT = "open and chart a session"
    ALLOW_EXCEPTION = "allow a session without its pre-conditions"
    SIGN = "sign a session"
    AMEND = "amend a signed session, or add to it"
    COSIGN = "co-sign a session that somebody else has signed"
    STRIKE = "strike a session that was charted on the wrong patient"
    CHOOSE_COSIGNING = "choose which sessions are co-signed"
    STOCK = "keep the stock"
    PHOTOGRAPH = "take and see photographs"
    GRADE = "grade a scale"
    SEE_PHOTOGRAPHY = "see how photographs are taken, measured and rated here"
    SWITCH_MEASURES = "switch the measures of photographs on or off"
    CALIBRATE_CARD = "calibrate the colour card"
    RUN_RETEST = "run a test-retest study"
    SIGN_RETEST = "sign off a test-retest study"
    SET_RATING = "set up a blinded rating and read its result"
    RATE = "rate pairs of photographs blinded"
    EXPORT_PHOTOGRAPH = "export a photograph"
    WORK_QUEUE = "work the follow-up queue"
    REPORT_ADVERSE = "record an adverse event"
    RUN_RECALL = "run a recall"
    SEND_MESSAGE = "send a message to a patient"
    WRITE_MESSAGE_TEXT = "publish the text of a message"
    READ_AUDIT = "read the audit trail"
    MANAGE_STAFF = "manage staff and roles"
    OWN_ACCOUNT = "choose one's own password and read who may do what"
    OWN_PAGES = "answer, sign and report on one's own private pages"


_FRONT, _THER, _PHYS, _DIR, _ADM = (
    Role.FRONT_DESK,
    Role.THERAPIST,
    Role.PHYSICIAN,
    Role.DIRECTOR,
    Role.ADMINISTRATOR,
)
_CLINICAL: Final = frozenset({_THER, _PHYS})

PERMITS: Final[dict[Act, frozenset[str]]] = {
    Act.SEE_BOARD: frozenset({_FRONT, _THER, _PHYS, _DIR}),
    Act.HANDLE_REQUEST: frozenset({_FRONT, _THER, _PHYS}),
    Act.REGISTER_PATIENT: frozenset({_FRONT, _THER, _PHYS}),
    Act.FIND_PATIENT: frozenset({_FRONT, _THER, _PHYS, _DIR}),
    Act.READ_CHART: frozenset({_THER, _PHYS, _DIR}),
    Act.EDIT_MEASURES: _CLINICAL,
    Act.OPEN_COURSE: frozenset({_FRONT, _THER, _PHYS}),
    Act.INVITE_PATIENT: frozenset({_FRONT, _THER, _PHYS}),
    Act.ANSWER: _CLINICAL,
    Act.SCREEN: _CLINICAL,
    Act.OVERRIDE: frozenset({_PHYS}),
    Act.CONFIRM_OVERRIDE: frozenset({_PHYS, _DIR}),
    Act.READ_KNOWLEDGE: frozenset({_FRONT, _THER, _PHYS, _DIR, _ADM}),
    Act.ADOPT_KNOWLEDGE: frozenset({_PHYS}),
    Act.REVIEW_KNOWLEDGE: frozenset({_PHYS, _DIR}),
    Act.PLAN: _CLINICAL,
    Act.ADOPT_PLAN: _CLINICAL,
    Act.OVERRIDE_DEPTH: frozenset({_PHYS}),
    Act.READ_PROTOCOLS: frozenset({_THER, _PHYS, _DIR}),
    Act.WRITE_PROTOCOL: _CLINICAL,
    Act.ADOPT_PROTOCOL: frozenset({_PHYS}),
    Act.TAKE_CONSENT: _CLINICAL,
    Act.WRITE_CONSENT_TEXT: frozenset({_PHYS, _DIR}),
    Act.TREAT: _CLINICAL,
    Act.ALLOW_EXCEPTION: frozenset({_PHYS}),
    Act.SIGN: _CLINICAL,
    Act.AMEND: _CLINICAL,
    Act.COSIGN: frozenset({_PHYS}),
    Act.STRIKE: _CLINICAL,
    Act.CHOOSE_COSIGNING: frozenset({_PHYS, _DIR}),
    Act.STOCK: frozenset({_THER, _PHYS, _DIR}),
    Act.PHOTOGRAPH: _CLINICAL,
    Act.GRADE: _CLINICAL,
    Act.SEE_PHOTOGRAPHY: frozenset({_THER, _PHYS, _DIR}),
    Act.SWITCH_MEASURES: frozenset({_DIR}),
    Act.CALIBRATE_CARD: _CLINICAL,
    Act.RUN_RETEST: _CLINICAL,
    Act.SIGN_RETEST: frozenset({_PHYS, _DIR}),
    Act.SET_RATING: frozenset({_PHYS, _DIR}),
    Act.RATE: _CLINICAL,
    Act.EXPORT_PHOTOGRAPH: _CLINICAL,
    Act.WORK_QUEUE: _CLINICAL,
    Act.REPORT_ADVERSE: _CLINICAL,
    Act.RUN_RECALL: frozenset({_PHYS, _DIR}),
    Act.SEND_MESSAGE: frozenset({_FRONT, _THER, _PHYS, _DIR}),
    Act.WRITE_MESSAGE_TEXT: frozenset({_PHYS, _DIR}),
    Act.READ_AUDIT: frozenset({_DIR, _ADM}),
    Act.MANAGE_STAFF: frozenset({_ADM}),
    Act.OWN_ACCOUNT: frozenset({_FRONT, _THER, _PHYS, _DIR, _ADM}),
    Act.OWN_PAGES: frozenset({"patient"}),
}


def roles() -> list[tuple[str, str]]:
    """Give the roles of staff with their names."""
    return [(role.value, str(role.label)) for role in Role]


class NoSuchRecord(LookupError):
    """Nothing is kept under the reference given; pages answer it with status 404."""


class NotPermitted(Exception):
    """The actor's role does not include the act."""

    def __init__(self, act: Act, role: str) -> None:
        self.act = act
        self.role = role
        super().__init__(refusal_text(act, role))


def refusal_text(act: Act, role: str) -> str:
    """Give the sentence that is shown where a role does not include an act."""
    if not PERMITS[act] - {"patient"}:
        return f"Only the patient may {act.value}."
    may = " or ".join(sorted(Role(name).label.lower() for name in PERMITS[act] if name != "patient"))
    return f"To {act.value} takes the role of {may}; yours is {role.replace('_', ' ')}."


def refusal(act: Act, *, by: Actor) -> str | None:
    """Give the reason why this actor may not do this, or nothing when it is permitted."""
    if by.role == "house" or by.role in PERMITS[act]:
        return None
    return refusal_text(act, by.role)


def require(act: Act, *, by: Actor) -> None:
    """Raise NotPermitted when the actor's role does not include the act."""
    if refusal(act, by=by) is not None:
        raise NotPermitted(act, by.role)
