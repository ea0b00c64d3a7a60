"""`load_demo`: fills an empty database with the demo clinic, once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from needlepoint.actions.clinic import the_clinic
from needlepoint.demo.clinic import SignIn, fill

SIGN_INS = "demo-signins.txt"


class Command(BaseCommand):
    """Fill an empty database; one that holds a clinic already is left as it is."""

    help = "Fill an empty database with the synthetic clinic."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all or nothing, and keep one sign-in for each role in the data folder."""
        if the_clinic() is not None:
            return
        self.stdout.write("Loading the demo clinic ...")
        with transaction.atomic():
            signs = fill(today=timezone.localdate(), progress=lambda step: self.stdout.write(f"  {step}"))
        _keep(Path(settings.DATA) / SIGN_INS, signs)


def _keep(path: Path, signs: list[SignIn]) -> None:
    lines = ["", "Sign in as", *(f"  {one.role:<14}  {one.name:<20}  {one.secret}" for one in signs[:-1])]
    lines += ["", "A patient's private link", f"  {{address}}p/{signs[-1].secret}/", ""]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines))
