"""The addresses of this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern

app_name = "patient"

urlpatterns: list[URLPattern] = []
