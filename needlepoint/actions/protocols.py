"""The clinic's protocols: writing, copying and editing them as versions, adopting a version, telling versions apart."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Max

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.plan import MOST_PASSES
from needlepoint.core.planning.depth import limits, lowest
from needlepoint.core.terms import DeviceKind
from needlepoint.knowledge.planning import facts_on
from needlepoint.records.models import Endpoint, Protocol, ProtocolAdoption, ProtocolVersion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor

# Limits of what counts as a course at all; they are not clinical.
MOST_SESSIONS: Final = 30
LONGEST_INTERVAL: Final = 730
CLASSES: Final = {DeviceKind.PEN: "Pen", DeviceKind.ROLLER: "Roller", DeviceKind.STAMP: "Stamp"}
ENDPOINTS: Final = (Endpoint.EVEN_REDNESS, Endpoint.PINPOINT_BLEEDING)
VERSIONS_SHOWN: Final = 50


class ProtocolRefused(Exception):
    """A protocol cannot be kept or adopted so; the reasons are sentences."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSetting:
    """How one area is needled under a protocol."""

    area: str
    depth_mm: float
    passes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a version of a protocol says."""

    name: str
    indication: str
    device_class: str
    device: str = ""
    areas: tuple[AreaSetting, ...]
    endpoint: str
    sessions: int
    interval_days: int
    anaesthetic: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which two versions differ, in words; nothing where one of them does not say it."""

    what: str
    before: str
    after: str


@transaction.atomic
def write(draft: Draft, *, copied_from: ProtocolVersion | None = None, by: Actor, at: datetime) -> ProtocolVersion:
    """Keep a new protocol as its first version.

    Raises
    ------
    NotPermitted
        The role does not include it.
    ProtocolRefused
        Something in it is unknown or impossible.

    """
    access.require(Act.WRITE_PROTOCOL, by=by)
    _check(draft, on=at.date())
    protocol = Protocol.objects.create(indication=draft.indication, copied_from=copied_from, by=by.member, at=at)
    return _keep(protocol, draft, number=1, by=by, at=at)


@transaction.atomic
def edit(protocol: Protocol, draft: Draft, *, by: Actor, at: datetime) -> ProtocolVersion:
    """Keep a changed protocol as its next version; the versions before stay as they are.

    Raises
    ------
    NotPermitted
        The role does not include it.
    ProtocolRefused
        Nothing is changed, or something in it is unknown or impossible.

    """
    access.require(Act.WRITE_PROTOCOL, by=by)
    Protocol.objects.select_for_update().get(pk=protocol.pk)
    _check(draft, on=at.date())
    newest = protocol.versions.order_by("-number").first()
    if draft.indication != protocol.indication:
        raise ProtocolRefused("The use of a protocol does not change: copy it for another use.")
    if newest is not None and not differences(draft_of(newest), draft):
        raise ProtocolRefused("Nothing differs from the newest version.")
    last = protocol.versions.aggregate(last=Max("number"))["last"] or 0
    return _keep(protocol, draft, number=last + 1, by=by, at=at)


def _keep(protocol: Protocol, draft: Draft, *, number: int, by: Actor, at: datetime) -> ProtocolVersion:
    values = asdict(draft)
    del values["indication"]
    version = ProtocolVersion.objects.create(
        protocol=protocol, number=number, **{**values, "areas": list(values["areas"])}, by=by.member, at=at
    )
    audit.record("write_protocol", by=by, at=at, subject=version, name=version.name, number=number)
    return version


@transaction.atomic
def adopt(version: ProtocolVersion, *, by: Actor, at: datetime) -> ProtocolAdoption:
    """Make a version one that may be planned from.

    Raises
    ------
    NotPermitted
        Only a physician may.
    ProtocolRefused
        It was adopted already.

    """
    access.require(Act.ADOPT_PROTOCOL, by=by)
    adoption, new = ProtocolAdoption.objects.get_or_create(version=version, defaults={"by": by.member, "at": at})
    if not new:
        raise ProtocolRefused("This version was adopted already.")
    audit.record("adopt_protocol", by=by, at=at, subject=version, name=version.name, number=version.number)
    return adoption


def _check(draft: Draft, *, on: date) -> None:
    reasons = (*_faults(draft), *_too_deep(draft, on=on))
    if reasons:
        raise ProtocolRefused(*reasons)


def _faults(draft: Draft) -> Iterator[str]:
    names = knowledge.load().vocabulary
    device = names.devices.get(draft.device)
    wrong = {
        "Give the protocol a name.": not draft.name.strip(),
        "Choose what the protocol is for.": draft.indication not in names.indications,
        "Choose pen, roller or stamp.": draft.device_class not in CLASSES,
        "The device is not of the class chosen.": bool(draft.device)
        and (device is None or device.kind != draft.device_class),
        "Choose the endpoint.": draft.endpoint not in ENDPOINTS,
        f"Sessions must be 1 to {MOST_SESSIONS}.": not 1 <= draft.sessions <= MOST_SESSIONS,
        f"Days between sessions must be 1 to {LONGEST_INTERVAL}.": not 1 <= draft.interval_days <= LONGEST_INTERVAL,
        "Choose a numbing product of the list, or none.": bool(draft.anaesthetic)
        and draft.anaesthetic not in names.anaesthetics,
        "Give at least one area a depth and passes.": not draft.areas,
    }
    yield from (text for text, is_so in wrong.items() if is_so)


def _too_deep(draft: Draft, *, on: date) -> Iterator[str]:
    """Give why settings of single areas cannot be: no version may ask for more than area and use allow."""
    facts, names = facts_on(on), knowledge.load().vocabulary
    for setting in draft.areas:
        area = facts.areas.get(setting.area)
        if area is None or not area.needled:
            yield f"{names.areas[setting.area].label if area else setting.area} is never needled."
            continue
        label = names.areas[setting.area].label
        if not 1 <= setting.passes <= MOST_PASSES:
            yield f"{label}: passes must be 1 to {MOST_PASSES}."
        if setting.depth_mm <= 0:
            yield f"{label}: the depth must lie above 0 mm."
        if draft.indication in facts.indications:
            group = names.indications[draft.indication].group
            ceiling = lowest(limits(area, facts.indications[draft.indication], group=group))
            if setting.depth_mm > ceiling.mm:
                yield f"{label}: {setting.depth_mm:g} mm is above {ceiling.why}, {ceiling.mm:g} mm."


def draft_of(version: ProtocolVersion) -> Draft:
    """Give what a version says."""
    return Draft(
        name=version.name,
        indication=version.protocol.indication,
        device_class=version.device_class,
        device=version.device,
        areas=tuple(AreaSetting(**setting) for setting in version.areas),
        endpoint=version.endpoint,
        sessions=version.sessions,
        interval_days=version.interval_days,
        anaesthetic=version.anaesthetic,
        note=version.note,
    )


def said(draft: Draft) -> dict[str, str]:
    """Give what a version says as named facts in words, areas in the order of the vocabulary; not its note."""
    names = knowledge.load().vocabulary
    settings = {setting.area: setting for setting in draft.areas}
    return {
        "Name": draft.name,
        "For": names.indications[draft.indication].label,
        "Device": names.devices[draft.device].label if draft.device else CLASSES[DeviceKind(draft.device_class)],
        **{
            names.areas[area].label: f"{settings[area].depth_mm:.2f} mm, {settings[area].passes} "
            f"{'pass' if settings[area].passes == 1 else 'passes'}"
            for area in names.expand(settings)
        },
        "Endpoint": str(Endpoint(draft.endpoint).label),
        "Sessions": str(draft.sessions),
        "Days between sessions": str(draft.interval_days),
        "Numbing": names.anaesthetics[draft.anaesthetic].label if draft.anaesthetic else "none",
    }


def differences(before: Draft, after: Draft) -> tuple[Difference, ...]:
    """Give in what two versions differ; an area that only one of them has stands with nothing on the other side."""
    then, now = said(before), said(after)
    order = [*then, *(what for what in now if what not in then)]
    return tuple(
        Difference(what=what, before=then.get(what, ""), after=now.get(what, ""))
        for what in order
        if then.get(what) != now.get(what)
    )


def find(ref: UUID) -> Protocol:
    """Give a protocol; raises NoSuchRecord when there is none."""
    found = Protocol.objects.select_related("copied_from__protocol", "by").filter(ref=ref).first()
    if found is None:
        raise NoSuchRecord("protocol")
    return found


def find_version(pk: int) -> ProtocolVersion:
    """Give a version with its protocol and adoption; raises NoSuchRecord when there is none."""
    found = ProtocolVersion.objects.select_related("protocol", "adoption__by", "by").filter(pk=pk).first()
    if found is None:
        raise NoSuchRecord("protocol version")
    return found


def versions_of(protocol: Protocol) -> tuple[ProtocolVersion, ...]:
    """Give the newest versions of a protocol, the newest first."""
    rows = ProtocolVersion.objects.filter(protocol=protocol).select_related("protocol", "adoption__by", "by")
    return tuple(rows.order_by("-number")[:VERSIONS_SHOWN])


def newest_versions() -> tuple[ProtocolVersion, ...]:
    """Give the newest version of every protocol, in the order of their uses."""
    rows = ProtocolVersion.objects.select_related("protocol", "adoption__by", "by").order_by("protocol_id", "-number")
    newest: dict[int, ProtocolVersion] = {}
    for row in rows:
        newest.setdefault(row.protocol_id, row)
    return tuple(sorted(newest.values(), key=lambda version: (version.protocol.indication, version.name)))


def adopted_for(indication: str) -> tuple[ProtocolVersion, ...]:
    """Give for every protocol of a use the newest version that was adopted."""
    rows = (
        ProtocolVersion.objects.filter(protocol__indication=indication, adoption__isnull=False)
        .select_related("protocol", "adoption__by")
        .order_by("protocol_id", "-number")
    )
    newest: dict[int, ProtocolVersion] = {}
    for row in rows:
        newest.setdefault(row.protocol_id, row)
    return tuple(sorted(newest.values(), key=lambda version: version.name))


def as_request(version: ProtocolVersion, *, areas: tuple[str, ...]) -> dict[str, Any]:
    """Give what a plan out of this version asks for; of the course's areas those it covers, or all its own."""
    own = {setting["area"]: setting for setting in version.areas}
    covered = [area for area in areas if area in own] or list(own)
    return {
        "device": version.device or None,
        "anaesthetic": version.anaesthetic or None,
        "areas": covered,
        "depth_mm": {area: own[area]["depth_mm"] for area in covered},
        "passes": {area: own[area]["passes"] for area in covered},
        "protocol": version.pk,
    }
