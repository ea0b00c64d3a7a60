"""What every page knows about the house it stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from needlepoint.actions.access import Act, refusal
from needlepoint.actions.actor import Actor

if TYPE_CHECKING:
    from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """Give what the page frame needs: whether this is the demo, and which acts the person signed in may do."""
    user = getattr(request, "user", None)
    acts: dict[str, bool] = {}
    if user is not None and user.is_authenticated:
        actor = Actor(user=user)
        acts = {act.name.lower(): refusal(act, by=actor) is None for act in Act}
    return {"demo": settings.DEMO, "may": acts}
