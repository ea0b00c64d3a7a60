"""Where a plan leaves what the device's label names: use, area, skin type, age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from needlepoint.core.planning.facts import DeviceFacts, DeviceLabel, LabelAge
from needlepoint.core.planning.request import Warned


def off_label(
    device: DeviceFacts,
    areas: Iterable[str],
    *,
    indication: str,
    fitzpatrick: int,
    age: int,
    label_age: LabelAge,
) -> Iterator[Warned]:
    """Give the remarks on one device and the areas planned with it.

    A device of which no label has been read is taken to be labelled for nothing.
    """
    name = device.device.label
    matching = [label for label in device.labels if indication in label.indications]
    if not matching:
        said = "names other uses" if device.labels else "has not been found, so no labelled use is known"
        yield _whole("off_label_indication", f"{name}: its label {said}.", device.card)
    yield from _by_area(device, matching or list(device.labels), areas)
    skin = frozenset(kind for label in matching for kind in label.fitzpatrick)
    if matching and skin and fitzpatrick not in skin:
        types = ", ".join(str(kind) for kind in sorted(skin))
        yield _whole(
            "off_label_skin_type",
            f"{name}: labelled for this use on skin types {types}; the patient's is {fitzpatrick}.",
            device.card,
        )
    yield from _by_age(device, matching or list(device.labels), age, label_age)


def _by_area(device: DeviceFacts, labels: list[DeviceLabel], areas: Iterable[str]) -> Iterator[Warned]:
    labelled = frozenset(area for label in labels for area in label.areas)
    for area in areas:
        if labels and area not in labelled:
            text = f"{device.device.label}: this area is not among those its label names."
            yield Warned(code="off_label_area", area=area, text=text, card=device.card)


def _by_age(device: DeviceFacts, labels: list[DeviceLabel], age: int, general: LabelAge) -> Iterator[Warned]:
    ages = [label.least_age for label in labels if label.least_age is not None]
    least, card = (min(ages), device.card) if ages else (general.least_age, general.card)
    if age < least:
        text = f"{device.device.label}: authorised from {least} years; the patient is {age}."
        yield _whole("off_label_age", text, card)


def _whole(code: str, text: str, card: str) -> Warned:
    return Warned(code=code, area=None, text=text, card=card)
