"""The room of the pages, as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers templates and static files."""

    name = "needlepoint.web"
    label = "web"
