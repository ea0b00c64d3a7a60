"""How staff sign in: accounts are made by an administrator, nobody signs up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse

from needlepoint.actions.access import Act, refusal
from needlepoint.actions.actor import Actor

if TYPE_CHECKING:
    from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Refuses self-registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Give False: staff accounts come from the administrator, patients have private links."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Give the page somebody begins with: the day board, or the staff for those who may not see the board."""
        if refusal(Act.SEE_BOARD, by=Actor(user=request.user)) is None:  # type: ignore[arg-type]  # just signed in
            return reverse("clinic:today")
        return reverse("clinic:staff_list")
