"""The addresses of everything that is traced: stock, devices, sharps, and what a session used besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.clinic import devices, products, stock

if TYPE_CHECKING:
    from django.urls import URLPattern

addresses: list[URLPattern] = [
    path("stock/", stock.stock, name="stock"),
    path("stock/scan/", stock.scan, name="scan"),
    path("stock/<int:pk>/", stock.lot, name="lot"),
    path("session/<uuid:ref>/products/", products.products, name="session_products"),
    path("devices/", devices.devices, name="devices"),
    path("devices/<int:pk>/", devices.device, name="device"),
    path("sharps/", devices.sharps, name="sharps"),
]
