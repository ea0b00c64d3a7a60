"""`needlepoint found`: sets up a clinic on an empty database, with its first administrator."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from needlepoint.cli.case import read_premises
from needlepoint.knowledge.answers import AnswerError


def found(
    name: Annotated[str, typer.Option(help="Name of the clinic.")],
    premises: Annotated[str, typer.Option(help="Where it is: DE, GB-SCT, US-CA; its law follows from it.")],
    administrator: Annotated[str, typer.Option(help="Username of the first administrator.")],
    telephone: Annotated[str, typer.Option(help="As patients are told.")] = "",
    address: Annotated[str, typer.Option(help="As patients are told.")] = "",
    out_of_hours: Annotated[str, typer.Option(help="What patients are told to do when the clinic is closed.")] = "",
) -> None:
    """Set up the clinic and its first administrator; prints the administrator's one-time password."""
    place = read_premises(premises, "--premises")
    if not name.strip():
        raise AnswerError("missing_field", "--name", "must not be empty")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlepoint.config.settings")
    import django  # here, because only this command and a few others need the web framework

    django.setup()
    password = _found(
        name=name, premises=place, administrator=administrator,
        telephone=telephone, address=address, out_of_hours=out_of_hours,
    )  # fmt: skip
    typer.echo(f"{name} is set up. Sign in as {administrator} with the one-time password {password}")


def _found(*, administrator: str, **clinic_facts: str) -> str:
    from django.db import transaction
    from django.utils import timezone

    from needlepoint.actions import clinic, staff
    from needlepoint.actions.actor import HOUSE

    if clinic.the_clinic() is not None:
        raise AnswerError("contradiction", "--name", "a clinic is set up on this database already")
    at = timezone.now()
    new = staff.NewMember(
        username=administrator, first_name=administrator, last_name="Administrator", role="administrator"
    )
    with transaction.atomic():
        clinic.found(
            name=clinic_facts["name"], premises=clinic_facts["premises"], address=clinic_facts["address"],
            telephone=clinic_facts["telephone"], out_of_hours=clinic_facts["out_of_hours"], by=HOUSE, at=at,
        )  # fmt: skip
        try:
            _, password = staff.add_member(new, by=HOUSE, at=at)
        except ValueError as error:
            raise AnswerError("contradiction", "--administrator", str(error)) from None
    return password
