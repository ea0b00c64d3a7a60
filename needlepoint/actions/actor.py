"""Who acts: a member of staff, a patient by private link, or the house itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from needlepoint.records.models import Role

if TYPE_CHECKING:
    from needlepoint.records.models import PatientLink, User


class NotStaff(Exception):
    """Somebody other than a member of staff came to where only staff can be."""


class NotInvited(Exception):
    """Somebody without a private link came to where only a patient can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind an act. Exactly one of `user` and `link` is set; neither means the house itself."""

    user: User | None = None
    link: PatientLink | None = None

    @property
    def role(self) -> str:
        """Give the role's id: a staff role, `patient`, or `house`."""
        if self.user is not None:
            return self.user.role
        return "patient" if self.link is not None else "house"

    @property
    def member(self) -> User:
        """Give the member of staff; only for acts that a role of staff was required for."""
        if self.user is None:
            raise NotStaff(self.role)
        return self.user

    @property
    def invited(self) -> PatientLink:
        """Give the private link; only where the door has let in somebody who holds one."""
        if self.link is None:
            raise NotInvited(self.role)
        return self.link

    @property
    def name(self) -> str:
        """Give how the audit names this actor."""
        if self.user is not None:
            return f"{self.user} ({Role(self.user.role).label})"
        if self.link is not None:
            return f"patient by link {self.link.pk}"
        return "Needlepoint"


HOUSE = Actor()
