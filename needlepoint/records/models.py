"""Every table, gathered for Django."""

from needlepoint.records.audit import AuditEvent, AuditHead
from needlepoint.records.consent import Consent, ConsentPart, ConsentText, ConsentWithdrawal
from needlepoint.records.followup import AdverseEvent, Alert, ScaleScore, SelfCheck, Urgency
from needlepoint.records.patients import Answer, ConsultationRequest, Course, Patient, PatientLink
from needlepoint.records.photographs import Comparison, JobState, Measurement, Photograph, PhotographCopy
from needlepoint.records.plan import Plan, PlanAdoption
from needlepoint.records.screening import KnowledgeAdoption, Override, OverrideConfirmation, Screening
from needlepoint.records.session import Endpoint, SessionArea, SessionChange, TimeOut, TreatmentSession
from needlepoint.records.staff import Clinic, Role, User
from needlepoint.records.stock import Cartridge, DeviceUnit, Lot, LotState

__all__ = [
    "AdverseEvent",
    "Alert",
    "Answer",
    "AuditEvent",
    "AuditHead",
    "Cartridge",
    "Clinic",
    "Comparison",
    "Consent",
    "ConsentPart",
    "ConsentText",
    "ConsentWithdrawal",
    "ConsultationRequest",
    "Course",
    "DeviceUnit",
    "Endpoint",
    "JobState",
    "KnowledgeAdoption",
    "Lot",
    "LotState",
    "Measurement",
    "Override",
    "OverrideConfirmation",
    "Patient",
    "PatientLink",
    "Photograph",
    "PhotographCopy",
    "Plan",
    "PlanAdoption",
    "Role",
    "ScaleScore",
    "Screening",
    "SelfCheck",
    "SessionArea",
    "SessionChange",
    "TimeOut",
    "TreatmentSession",
    "Urgency",
    "User",
]
