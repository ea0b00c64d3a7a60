"""Measures photographs: fetches the original, calls the core, and says in words why something cannot be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from needlepoint.actions import aligning, colour_card, measures_use, pictures, retest, vault
from needlepoint.actions.jobs import GivenUp
from needlepoint.actions.networks import face_models
from needlepoint.core.imaging import comparison, measures
from needlepoint.core.imaging.uncertainty import ErrorModel
from needlepoint.records.models import Comparison, Measurement

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from needlepoint.actions.jobs import Job
    from needlepoint.records.models import Photograph

    Progress = Callable[[float], None]

_DECODED: Final = 0.1  # share of the work that is done when the pixels are there
_COMPARED: Final = 0.6


def measure_photograph(job: Job, progress: Progress) -> dict[str, Any]:
    """Give the quality and what was measured, as the plain values of `needlepoint measure`; no measures while off."""
    assert isinstance(job, Measurement)  # noqa: S101 - the queue hands measurements to this function only
    rgb = _pixels(job.photograph)
    progress(_DECODED)
    settings = _settings(job.photograph.view)
    document = measures.measure(rgb, face_models(), settings=settings, progress=_rest(progress, _DECODED)).document()
    return document if measures_use.are_on() else document | {"measures": [], "further": [], "outlines": []}


def compare_photographs(job: Job, progress: Progress) -> dict[str, Any]:
    """Give how two photographs compare, as the plain values of `needlepoint compare`, and keep them laid over."""
    assert isinstance(job, Comparison)  # noqa: S101 - the queue hands comparisons to this function only
    before = _pixels(job.before)
    progress(_DECODED)
    after = _pixels(job.after)
    progress(2 * _DECODED)
    on = measures_use.are_on()
    document = comparison.compare(
        before, after, face_models(), settings=_settings(job.before.view),
        progress=_part(progress, 2 * _DECODED, _COMPARED),
    ).document()  # fmt: skip
    drawn = aligning.laid_over(before, after, maps=on, progress=_rest(progress, _COMPARED))
    aligning.keep(job, drawn)
    progress(1.0)
    return document if on else document | {"changes": [], "further": []}


def _settings(view: str) -> measures.Settings:
    """Give what this clinic knows besides the picture: how large its card is on paper, and its own errors of a view."""
    own = retest.standard_errors(retest.in_force(view))
    return measures.Settings(errors=ErrorModel(own=own), printed=colour_card.print_factor())


def _rest(progress: Progress, done: float) -> Progress:
    return _part(progress, done, 1.0)


def _part(progress: Progress, start: float, end: float) -> Progress:
    return lambda share: progress(start + (end - start) * share)


def _pixels(photograph: Photograph) -> NDArray[np.uint8]:
    try:
        return pictures.pixels(vault.get(photograph.sha256))
    except (vault.NotInVault, vault.AlteredInVault) as error:
        raise GivenUp(f"The original could not be read. {error}") from error
    except pictures.UnreadablePicture as error:
        raise GivenUp(str(error)) from error
