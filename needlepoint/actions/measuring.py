"""Measures photographs: fetches the original, calls the core, and says in words why something cannot be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from needlepoint.actions import pictures, vault
from needlepoint.actions.jobs import GivenUp
from needlepoint.actions.networks import face_models
from needlepoint.core.imaging import comparison, measures
from needlepoint.records.models import Comparison, Measurement

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from needlepoint.actions.jobs import Job
    from needlepoint.records.models import Photograph

    Progress = Callable[[float], None]

_DECODED: Final = 0.1  # share of the work that is done when the pixels are there


def measure_photograph(job: Job, progress: Progress) -> dict[str, Any]:
    """Give what was measured, as the plain values of `needlepoint measure`."""
    assert isinstance(job, Measurement)  # noqa: S101 - the queue hands measurements to this function only
    rgb = _pixels(job.photograph)
    progress(_DECODED)
    return measures.measure(rgb, face_models(), progress=_rest(progress, _DECODED)).document()


def compare_photographs(job: Job, progress: Progress) -> dict[str, Any]:
    """Give how two photographs compare, as the plain values of `needlepoint compare`."""
    assert isinstance(job, Comparison)  # noqa: S101 - the queue hands comparisons to this function only
    before = _pixels(job.before)
    progress(_DECODED)
    after = _pixels(job.after)
    progress(2 * _DECODED)
    return comparison.compare(before, after, face_models(), progress=_rest(progress, 2 * _DECODED)).document()


def _rest(progress: Progress, done: float) -> Progress:
    return lambda share: progress(done + (1 - done) * share)


def _pixels(photograph: Photograph) -> NDArray[np.uint8]:
    try:
        return pictures.pixels(vault.get(photograph.sha256))
    except (vault.NotInVault, vault.AlteredInVault) as error:
        raise GivenUp(f"The original could not be read. {error}") from error
    except pictures.UnreadablePicture as error:
        raise GivenUp(str(error)) from error
