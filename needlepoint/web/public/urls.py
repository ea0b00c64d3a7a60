"""The addresses of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.public import ask, mailbox, pages

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "public"

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("treatment/", pages.treatment, name="treatment"),
    path("for/", pages.uses, name="uses"),
    path("not-for/", pages.not_for, name="not_for"),
    path("visit/", pages.visit, name="visit"),
    path("risks/", pages.risks, name="risks"),
    path("results/", pages.results, name="results"),
    path("claims/", pages.claims, name="claims"),
    path("ask/", ask.ask, name="ask"),
    path("ask/thanks/", ask.asked, name="asked"),
    path("demo/mail/", mailbox.mailbox, name="mailbox"),
]
