"""A photograph as a DICOM VL Photographic Image: the JPEG stays as it is, bit for bit, inside."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGBaseline8Bit, JPEGExtended12Bit, VLPhotographicImageStorage

from needlepoint.interop.dicom import jpeg

if TYPE_CHECKING:
    from datetime import date, datetime

_ROOT: Final = "2.25."  # UIDs that are a UUID, which nobody has to register (PS3.5 B.2)
_SEX: Final = {"female": "F", "male": "M"}
_METHOD: Final = "ISO_10918_1"
_UTF8: Final = "ISO_IR 192"


class CannotBeWrapped(ValueError):
    """DICOM has no transfer syntax for this kind of JPEG: it has to be coded anew first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a photograph shows."""

    ref: UUID
    family_name: str
    given_name: str
    birth_date: date
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One photograph with what is said of it.

    Attributes
    ----------
    data
        A baseline JPEG, upright.
    width_px, height_px
        Its size.
    both_sides
        Whether what it shows comes in pairs, both of which are meant.
    person
        None for a copy from which the identity was removed.
    course, photograph
        References, which name study and instance.
    derivation
        How `data` came from the original, where it was coded anew.

    """

    data: bytes
    width_px: int
    height_px: int
    person: Person | None
    course: UUID
    photograph: UUID
    view: str
    taken_on: date
    made_at: datetime
    clinic: str
    both_sides: bool = False
    derivation: str = ""


def wrapped(shot: Shot) -> bytes:
    """Give the photograph as a DICOM file.

    Raises
    ------
    CannotBeWrapped
        When the data are no baseline or extended JPEG of 8 bits.

    References
    ----------
    DICOM PS3.3 A.32.4 (VL Photographic Image IOD), PS3.5 A.4.1 (JPEG transfer syntaxes).

    """
    picture = _baseline(shot.data)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = VLPhotographicImageStorage
    meta.MediaStorageSOPInstanceUID = _uid(shot.photograph)
    meta.TransferSyntaxUID = JPEGBaseline8Bit if picture.process == jpeg.BASELINE else JPEGExtended12Bit
    file = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    file.SpecificCharacterSet = _UTF8
    _who(file, shot)
    _which(file, shot)
    _what(file, shot, picture)
    out = io.BytesIO()
    file.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _baseline(data: bytes) -> jpeg.Jpeg:
    try:
        picture = jpeg.read(data)
    except jpeg.NotAJpeg as error:
        raise CannotBeWrapped(str(error)) from error
    if picture.process not in {jpeg.BASELINE, jpeg.EXTENDED} or picture.components not in {1, 3}:
        raise CannotBeWrapped("only baseline JPEG of one or three components is wrapped")
    return picture


def _uid(ref: UUID) -> UID:
    return UID(f"{_ROOT}{ref.int}")


def _who(file: Dataset, shot: Shot) -> None:
    if shot.person is None:
        file.PatientName, file.PatientID, file.PatientBirthDate, file.PatientSex = "", "", "", ""
        file.PatientIdentityRemoved = "YES"
        file.DeidentificationMethod = "Eyes and marked places covered, metadata removed"
        return
    person = shot.person
    file.PatientName = f"{person.family_name}^{person.given_name}"
    file.PatientID = str(person.ref)
    file.PatientBirthDate = f"{person.birth_date:%Y%m%d}"
    file.PatientSex = _SEX.get(person.sex, "O")


def _which(file: Dataset, shot: Shot) -> None:
    # Without a person, study and series must not lead back to one either.
    study = shot.course if shot.person else uuid5(shot.photograph, "study")
    series = uuid5(study, f"{shot.taken_on}:{shot.view}")
    file.StudyInstanceUID, file.SeriesInstanceUID = _uid(study), _uid(series)
    file.SOPClassUID, file.SOPInstanceUID = VLPhotographicImageStorage, _uid(shot.photograph)
    day = f"{shot.taken_on:%Y%m%d}" if shot.person else ""
    file.StudyDate, file.StudyTime, file.StudyID, file.AccessionNumber = day, "", "1", ""
    file.InstanceCreationDate, file.InstanceCreationTime = f"{shot.made_at:%Y%m%d}", f"{shot.made_at:%H%M%S}"
    file.ReferringPhysicianName = ""
    file.Modality, file.SeriesNumber, file.InstanceNumber = "XC", "1", "1"
    file.SeriesDescription = shot.view[:64]
    file.Manufacturer, file.InstitutionName = "", shot.clinic[:64] if shot.person else ""
    # Laterality is left out: areas here mean both sides, and an empty value would claim that a side is not known.
    file.ImageLaterality = "B" if shot.both_sides else "U"
    file.PatientOrientation = ""
    file.AcquisitionContextSequence = []


def _what(file: Dataset, shot: Shot, picture: jpeg.Jpeg) -> None:
    file.ImageType = ["DERIVED" if shot.derivation else "ORIGINAL", "PRIMARY"]
    if shot.derivation:
        file.DerivationDescription = shot.derivation
    file.SamplesPerPixel = picture.components
    file.PhotometricInterpretation = _colours(picture)
    if picture.components == 3:
        file.PlanarConfiguration = 0
    file.Rows, file.Columns = shot.height_px, shot.width_px
    file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 8, 8, 7, 0
    file.BurnedInAnnotation = "NO"
    raw = shot.width_px * shot.height_px * picture.components
    file.LossyImageCompression = "01"
    file.LossyImageCompressionRatio = f"{raw / len(picture.data):.2f}"
    file.LossyImageCompressionMethod = _METHOD
    file.PixelData = encapsulate([picture.data])
    file["PixelData"].VR = "OB"
    file["PixelData"].is_undefined_length = True


def _colours(picture: jpeg.Jpeg) -> str:
    if picture.components == 1:
        return "MONOCHROME2"
    if picture.coded_rgb:
        return "RGB"
    return "YBR_FULL_422" if picture.subsampled else "YBR_FULL"
