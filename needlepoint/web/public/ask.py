"""Asking for a consultation."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint import knowledge
from needlepoint.actions.patients import plain_telephone
from needlepoint.actions.requests import Wish, receive_request
from needlepoint.web.doors import open_to_all

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

AT_MOST_AN_HOUR: Final = 5
AN_HOUR_S: Final = 3600
LEAST_DIGITS: Final = 5


def _wishes() -> list[tuple[str, str]]:
    labels = [indication.label for indication in knowledge.load().vocabulary.indications.values()]
    return [("", "I do not know yet"), *((label, label) for label in labels), ("Something else", "Something else")]


class AskForm(forms.Form):
    """What a visitor writes; `website` is a trap that people do not see and programs fill in."""

    name = forms.CharField(label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label="E-mail", required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    telephone = forms.CharField(
        required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    )
    wish = forms.ChoiceField(label="What would you like to have treated?", choices=_wishes, required=False)
    message = forms.CharField(
        label="Anything else, such as when we can reach you",
        help_text="Please no illnesses or medicines here: we ask about them later, on a private page.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    website = forms.CharField(required=False, max_length=200)

    def clean_telephone(self) -> str:
        """Refuse a number with hardly any digits."""
        written: str = self.cleaned_data["telephone"]
        if written and len(plain_telephone(written)) < LEAST_DIGITS:
            raise forms.ValidationError("This telephone number is too short.")
        return written

    def clean(self) -> dict[str, Any]:
        """Hold the request to a way of answering it."""
        given = super().clean() or self.cleaned_data
        if not (given.get("email") or given.get("telephone")) and not self.errors:
            self.add_error("email", "Please give an e-mail address or a telephone number, so that we can answer.")
        return given


def _address(request: HttpRequest) -> str:
    """Give where a request comes from; behind the house's own proxy, what that proxy says it comes from."""
    if settings.HTTPS and (forwarded := request.headers.get("X-Forwarded-For", "")):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _too_many(request: HttpRequest) -> bool:
    """Count a request of this address and say whether there were too many within the hour."""
    key = f"ask:{hashlib.sha256(_address(request).encode()).hexdigest()}"
    cache.add(key, 0, AN_HOUR_S)
    try:
        return cache.incr(key) > AT_MOST_AN_HOUR
    except ValueError:  # it ran out between the two
        return False


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def ask(request: HttpRequest) -> HttpResponse:
    """Take a request for a consultation."""
    form = AskForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "public/ask.html", {"form": form, "here": "ask"}, status=422 if form.is_bound else 200)
    wish = dict(form.cleaned_data)
    if wish.pop("website"):
        return redirect("public:asked")
    if _too_many(request):
        return render(request, "public/ask.html", {"form": form, "here": "ask", "too_many": True}, status=429)
    receive_request(Wish(**wish), at=timezone.now())
    return redirect("public:asked")


@require_safe
@open_to_all
def asked(request: HttpRequest) -> HttpResponse:
    """Say that the request has arrived."""
    return render(request, "public/asked.html", {"here": "ask"})
