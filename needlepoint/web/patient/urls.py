"""The addresses of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.patient import home

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "patient"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
]
