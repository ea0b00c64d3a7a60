"""Codes on packs: what is read, what is refused and why, and pictures of codes."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from needlepoint.actions.lot_codes import SPOKEN_SEPARATORS, Code, CodeKind, NotReadable, merged, read_code
from needlepoint.actions.scanning import read_picture

GTIN = "04012345678901"
WHOLE = Code(kind=CodeKind.GS1, gtin=GTIN, lot="A100", expires_on=date(2027, 3, 31), serial="7")
NO_SERIAL = Code(kind=CodeKind.GS1, gtin=GTIN, lot="A100", expires_on=date(2027, 3, 31))
GOOD = [
    ("a plain lot number", " A-100 ", Code(lot="A-100")),
    ("a lot number of digits", "20260301", Code(lot="20260301")),
    ("nothing", "", Code()),
    ("printed with brackets", "(01)04012345678901(17)270331(10)A100(21)7", WHOLE),
    ("printed with blanks", "(01) 0401 2345 6789 01 (17) 270331 (10) A100 (21) 7", WHOLE),
    ("run together", "010401234567890117270331" + "10A100\x1d217", WHOLE),
    ("the lot last", "010401234567890117270331" + "10A100", NO_SERIAL),
    ("the lot first, after a mark", "]d2" + "10A100\x1d0104012345678901" + "17270331", NO_SERIAL),
    ("DataMatrix as a scanner marks it", "]d2010401234567890117270331" + "10A100", NO_SERIAL),
    ("Code 128 as a scanner marks it", "]C1010401234567890117270331" + "10A100", NO_SERIAL),
    ("QR as a scanner marks it", "]Q3010401234567890117270331" + "10A100", NO_SERIAL),
    ("the first separator kept", "\x1d010401234567890117270331" + "10A100", NO_SERIAL),
    ("a needless separator after a fixed field", "0104012345678901\x1d17270331\x1d" + "10A100\x1d", NO_SERIAL),
    ("an address", "https://id.gs1.org/01/04012345678901/10/A100?17=270331", NO_SERIAL),
    ("the day 00 is the last of the month", "010401234567890117280200",
     Code(kind=CodeKind.GS1, gtin=GTIN, expires_on=date(2028, 2, 29))),
    ("the day of manufacture", "010401234567890111260101" + "17270331" + "10A100",
     Code(kind=CodeKind.GS1, gtin=GTIN, lot="A100", expires_on=date(2027, 3, 31), made_on=date(2026, 1, 1))),
    ("expiry with its hour", "0104012345678901" + "7003270331" + "1200" + "10A100", NO_SERIAL),
    ("fields of no interest", "010401234567890117270331" + "2405678\x1d" + "3012\x1d" + "10A100", NO_SERIAL),
    ("a lot of twenty signs", "0104012345678901" + "10ABCDEFGHIJ0123456789",
     Code(kind=CodeKind.GS1, gtin=GTIN, lot="ABCDEFGHIJ0123456789")),
    ("signs a lot may hold", "0104012345678901" + "10A/1-B.2_C",
     Code(kind=CodeKind.GS1, gtin=GTIN, lot="A/1-B.2_C")),
    ("a trade number alone", "4012345678901", Code(kind=CodeKind.GTIN, gtin=GTIN)),
    ("a trade number of fourteen digits", "04012345678901", Code(kind=CodeKind.GTIN, gtin=GTIN)),
    ("EAN as a scanner marks it", "]E04012345678901", Code(kind=CodeKind.GTIN, gtin=GTIN)),
    ("UPC", "036000291452", Code(kind=CodeKind.GTIN, gtin="00036000291452")),
    ("a box of a trade number", "0204012345678901" + "3710\x1d" + "10A100" + "\x1d17270331", NO_SERIAL),
]  # fmt: skip
BAD = [
    ("a wrong check digit", "0104012345678902" + "17270331", "check digit"),
    ("a wrong check digit in brackets", "(01)04012345678902(10)A1", "check digit"),
    ("a wrong check digit in a trade number", "4012345678902", "check digit"),
    ("two digits exchanged", "0104012346578901" + "17270331", "check digit"),
    ("a month there is not", "010401234567890117271331", r"\(17\), the expiry"),
    ("a day there is not", "010401234567890117270230", r"\(17\), the expiry"),
    ("a date of zeros", "010401234567890117000000", r"\(17\), the expiry"),
    ("a date cut short", "01040123456789011727", r"\(17\), the expiry"),
    ("a trade number cut short", "(01)0401234567890(10)A1", r"\(01\), the trade number"),
    ("a trade number too long", "(01)040123456789011(10)A1", r"\(01\), the trade number"),
    ("a date too long", "(17)2703311(10)A1", r"\(17\), the expiry"),
    ("a lot too long", "(10)ABCDEFGHIJ0123456789X", r"\(10\), the lot"),
    ("an empty field", "(01)(10)A1", r"\(01\), the trade number"),
    ("brackets that do not begin", "x(01)04012345678901", "neither a code nor a lot"),
    ("a bracket too few", "(1)33", "first bracket"),
    ("nothing after the mark", "]d2", "empty"),
    ("two lots", "]d2" + "10A100\x1d10B200", "twice"),
    ("the separator left out", "010401234567890110A100" + "17270331", "leaves out the separator"),
    ("HIBC", "+A123BJC5D6E71G", "HIBC"),
    ("HIBC as Code 39 prints it", "*+A123BJC5D6E71G*", "HIBC"),
    ("HIBC, the second code", "+$$3270331LOT1/", "HIBC"),
    ("ICCBBA", "=A99991234567800", "ICCBBA"),
    ("PPN", "[)>\x1e06\x1d9N110375286414\x1d1TABC\x1dD270331\x1e\x04", "ISO 15434"),
    ("an address of something else", "https://example.org/shop", "Digital Link"),
    ("signs of no code", "A100;B", "neither a code nor a lot"),
    ("something far too long", "A" * 301, "longer than"),
]


@pytest.mark.parametrize(("text", "code"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD])
def test_a_good_code_is_read(text: str, code: Code) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize(("text", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_code_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        read_code(text)


@pytest.mark.parametrize("separator", [*SPOKEN_SEPARATORS, "\x1d"])
def test_every_way_to_say_the_separator_is_understood(separator: str) -> None:
    assert read_code(f"01040123456789011727033110A100{separator}217") == WHOLE


# --------------------------------------------------------------------------------------------- for any code

LOTS = st.from_regex(r"[A-Z0-9][A-Z0-9./_-]{0,19}", fullmatch=True)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2049, 12, 31))


def with_check_digit(digits: str) -> str:
    """The digits with what the specification of GS1 (7.9) puts behind them, reckoned here anew."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


GTINS = st.from_regex(r"[0-9]{13}", fullmatch=True).map(with_check_digit)


@st.composite
def codes(draw: st.DrawFn) -> tuple[str, Code]:
    """A code in a real form, its fields in any order, and what it says."""
    gtin, lot, expires_on = draw(GTINS), draw(LOTS), draw(DAYS)
    serial, made_on = draw(st.none() | LOTS), draw(st.none() | DAYS)
    fields = [f"01{gtin}", f"17{expires_on:%y%m%d}", f"10{lot}"]
    fields += [f"21{serial}"] if serial else []
    fields += [f"11{made_on:%y%m%d}"] if made_on else []
    order = draw(st.permutations(fields))
    separator = draw(st.sampled_from(["\x1d", "␝", "<GS>"]))
    text = "".join(f"{field}{separator if field[:2] in {'10', '21'} else ''}" for field in order)
    text = draw(st.sampled_from(["]d2", "]C1", "\x1d"])) + text
    code = Code(kind=CodeKind.GS1, gtin=gtin, lot=lot, expires_on=expires_on, serial=serial, made_on=made_on)
    return text, code


@given(codes())
def test_what_is_put_into_a_code_comes_out_of_it(pair: tuple[str, Code]) -> None:
    text, code = pair
    assert read_code(text) == code


@given(codes())
def test_what_is_printed_under_a_code_says_the_same(pair: tuple[str, Code]) -> None:
    code = pair[1]
    assert read_code(code.printed) == code


@given(GTINS, st.integers(0, 13), st.integers(1, 9))
def test_no_single_wrong_digit_of_a_trade_number_passes(gtin: str, place: int, add: int) -> None:
    wrong = f"{gtin[:place]}{(int(gtin[place]) + add) % 10}{gtin[place + 1 :]}"
    with pytest.raises(NotReadable, match="check digit"):
        read_code(f"(01){wrong}(10)A1")


@given(st.text(max_size=60) | st.from_regex(r"(\]d2)?(01|10|17|21)[0-9A-Z\x1d()]{0,40}", fullmatch=True))
def test_whatever_is_entered_is_read_or_refused_in_words(text: str) -> None:
    try:
        code = read_code(text)
    except NotReadable:
        return
    assert code.lot is None or "\x1d" not in code.lot


# ------------------------------------------------------------------------------------------------- pictures


def picture(*texts: tuple[str, zxingcpp.BarcodeFormat], turned: float = 0, noise: float = 0) -> bytes:
    """A photograph of a pack with these codes beside each other, turned and grainy."""
    tiles = []
    for text, format_ in texts:
        gs1 = {"gs1": True} if text.startswith("(") else {}
        tiles.append(
            np.pad(np.array(zxingcpp.create_barcode(text, format_, **gs1).to_image(scale=5)), 40, constant_values=255)
        )
    height = max(tile.shape[0] for tile in tiles)
    row = np.hstack([np.pad(tile, ((0, height - len(tile)), (0, 0)), constant_values=255) for tile in tiles])
    turned_picture = Image.fromarray(row).rotate(turned, expand=True, fillcolor=255)
    grain = np.random.default_rng(1).normal(0, noise, (turned_picture.height, turned_picture.width))
    out = io.BytesIO()
    Image.fromarray(np.clip(np.asarray(turned_picture) * 0.7 + 40 + grain, 0, 255).astype("uint8")).save(
        out, "JPEG", quality=80
    )
    return out.getvalue()


PRINTED = "(01)04012345678901(17)270331(10)A100(21)7"
MATRIX, LINE, EAN = zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13


@pytest.mark.parametrize(("turned", "noise"), [(0, 0), (12, 8), (90, 8), (203, 15)])
def test_a_photographed_code_is_read(turned: float, noise: float) -> None:
    assert read_picture(picture((PRINTED, MATRIX), turned=turned, noise=noise)) == WHOLE


def test_codes_on_one_pack_are_read_together() -> None:
    halves = picture(("(01)04012345678901", LINE), ("(17)270331(10)A100(21)7", LINE))
    assert read_picture(halves) == WHOLE
    assert read_picture(picture(("4012345678901", EAN), ("(17)270331(10)A100", MATRIX))) == NO_SERIAL


def test_two_packs_in_one_picture_are_refused() -> None:
    with pytest.raises(NotReadable, match="several packs"):
        read_picture(picture(("(01)04012345678901(10)A100", MATRIX), ("(01)04012345678901(10)B200", MATRIX)))
    with pytest.raises(NotReadable, match="no code"):
        merged([])


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "not a picture"), (b"GIF89a", "not a picture"), (b"\xff\xd8\xff\xe0junk", "not a picture"),
     (b"\0" * (21 * 2**20), "too large")],
    ids=["nothing", "the head of one", "a broken one", "far too large"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        read_picture(data)


def test_a_picture_without_code_says_what_to_do() -> None:
    out = io.BytesIO()
    Image.new("L", (400, 300), 200).save(out, "PNG")
    with pytest.raises(NotReadable, match="Hold the pack still"):
        read_picture(out.getvalue())
