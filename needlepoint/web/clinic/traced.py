"""The addresses of what is traced and told: stock, devices, sharps, recalls, messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from needlepoint.web.clinic import devices, messages, products, recalls, reporting, stock

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
    path("trace/", recalls.trace, name="trace"),
    path("recalls/", recalls.recalls, name="recalls"),
    path("recalls/new", recalls.recall_new, name="recall_new"),
    path("recalls/<uuid:ref>/", recalls.recall, name="recall"),
    path("recalls/<uuid:ref>/report.pdf", recalls.recall_report_pdf, name="recall_report"),
    path("recalls/<uuid:ref>/notice", recalls.recall_notice, name="recall_notice"),
    path("course/<uuid:ref>/messages/", messages.course_messages, name="course_messages"),
    path("adverse/<int:pk>/report/", reporting.report, name="adverse_report"),
    path("adverse/<int:pk>/report/<slug:kind>/<slug:form>", reporting.report_file, name="adverse_report_file"),
    path("messages/", messages.outbox, name="messages"),
    path("messages/<int:pk>/again", messages.again, name="message_again"),
    path("messages/texts/", messages.texts, name="message_texts"),
    path("messages/texts/<slug:key>/", messages.text, name="message_text"),
]
