"""Every table, gathered for Django."""

from needlepoint.records.audit import AuditEvent, AuditHead
from needlepoint.records.consent import Consent, ConsentPart, ConsentText, ConsentWithdrawal
from needlepoint.records.devices import DeviceService, DeviceState, DeviceUnit, Disinfection, SharpsContainer
from needlepoint.records.followup import AdverseCourse, AdverseEvent, Alert, ScaleScore, SelfCheck, Urgency
from needlepoint.records.messages import Message, MessageState, MessageStep, MessageText
from needlepoint.records.patients import Answer, ConsultationRequest, Course, Patient, PatientLink
from needlepoint.records.photographs import (
    Comparison,
    ComparisonCopy,
    JobState,
    Measurement,
    Photograph,
    PhotographCopy,
)
from needlepoint.records.plan import DepthOverride, Plan, PlanAdoption
from needlepoint.records.protocol import Protocol, ProtocolAdoption, ProtocolVersion
from needlepoint.records.recall import (
    ContactKind,
    Recall,
    RecallAction,
    RecallContact,
    RecallMatch,
    RecallPatient,
    RecallUrgency,
)
from needlepoint.records.retest import RetestPerson, RetestResult, RetestStudy, RetestTake
from needlepoint.records.review import AdoptedFile, KnowledgeReview, KnowledgeText
from needlepoint.records.screening import KnowledgeAdoption, Override, OverrideConfirmation, Screening
from needlepoint.records.seeing import CardCalibration, MeasuresSwitch, PairScore, Rating, RatingPair, RatingSet
from needlepoint.records.session import (
    Bleeding,
    CoSignature,
    Endpoint,
    SessionAddendum,
    SessionArea,
    SessionChange,
    SessionStrike,
    TimeOut,
    TreatmentSession,
)
from needlepoint.records.staff import Clinic, Role, User
from needlepoint.records.stock import Cartridge, Lot, LotState, SubstanceUse, TradeItem

__all__ = [
    "AdoptedFile",
    "AdverseCourse",
    "AdverseEvent",
    "Alert",
    "Answer",
    "AuditEvent",
    "AuditHead",
    "Bleeding",
    "CardCalibration",
    "Cartridge",
    "Clinic",
    "CoSignature",
    "Comparison",
    "ComparisonCopy",
    "Consent",
    "ConsentPart",
    "ConsentText",
    "ConsentWithdrawal",
    "ConsultationRequest",
    "ContactKind",
    "Course",
    "DepthOverride",
    "DeviceService",
    "DeviceState",
    "DeviceUnit",
    "Disinfection",
    "Endpoint",
    "JobState",
    "KnowledgeAdoption",
    "KnowledgeReview",
    "KnowledgeText",
    "Lot",
    "LotState",
    "Measurement",
    "MeasuresSwitch",
    "Message",
    "MessageState",
    "MessageStep",
    "MessageText",
    "Override",
    "OverrideConfirmation",
    "PairScore",
    "Patient",
    "PatientLink",
    "Photograph",
    "PhotographCopy",
    "Plan",
    "PlanAdoption",
    "Protocol",
    "ProtocolAdoption",
    "ProtocolVersion",
    "Rating",
    "RatingPair",
    "RatingSet",
    "Recall",
    "RecallAction",
    "RecallContact",
    "RecallMatch",
    "RecallPatient",
    "RecallUrgency",
    "RetestPerson",
    "RetestResult",
    "RetestStudy",
    "RetestTake",
    "Role",
    "ScaleScore",
    "Screening",
    "SelfCheck",
    "SessionAddendum",
    "SessionArea",
    "SessionChange",
    "SessionStrike",
    "SharpsContainer",
    "SubstanceUse",
    "TimeOut",
    "TradeItem",
    "TreatmentSession",
    "Urgency",
    "User",
]
