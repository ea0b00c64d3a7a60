from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.photos import saved
from tests.core.imaging.scenes import portrait, retaken


def test_a_pair_is_answered_with_the_fields_of_the_contract(call: Any, put: Any) -> None:
    after, _ = retaken(portrait(), seed=1)
    code, out, err = call("compare", put(saved(), "one"), put(saved(after), "two"), "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert list(answer) == ["quality", "registration", "changes", "further", "refused"]
    assert list(answer["quality"]) == ["before", "after"]
    assert list(answer["registration"]) == ["residual_px", "overlap"]
    for each in answer["changes"]:
        assert list(each) == [
            "id", "region", "before", "after", "change", "smallest_detectable_change", "beyond_error", "comparable",
            "reason",
        ]  # fmt: skip


def test_the_same_file_twice_has_not_changed(call: Any, put: Any) -> None:
    path = put(saved(kind="JPEG"))
    code, out, err = call("compare", path, path, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["registration"] == {"residual_px": 0.0, "overlap": 1.0}
    assert {each["change"] for each in answer["changes"] if each["comparable"]} == {0.0}


def test_without_json_the_same_is_said_in_words(call: Any, put: Any) -> None:
    after, _ = retaken(portrait(), seed=1)
    code, out, err = call("compare", put(saved(), "one"), put(saved(after), "two"))
    assert (code, err) == (0, "")
    assert "Laid over each other" in out
    assert "within error" in out


@pytest.mark.parametrize(("broken", "named"), [(0, "BEFORE"), (1, "AFTER")])
def test_the_photo_that_cannot_be_read_is_named(call: Any, put: Any, broken: int, named: str) -> None:
    contents = [saved(), saved()]
    contents[broken] = b"nothing"
    code, out, err = call("compare", put(contents[0], "one"), put(contents[1], "two"), "--json")
    assert (code, out) == (2, "")
    assert err.startswith(f"needlepoint: {named}: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "named"), [([], "BEFORE"), (["photo"], "AFTER"), (["-", "-"], "AFTER")], ids=["none", "one", "both -"]
)
def test_a_missing_photo_is_named(call: Any, put: Any, arguments: list[str], named: str) -> None:
    paths = [put(saved()) if each == "photo" else each for each in arguments]
    code, out, err = call("compare", *paths, "--json")
    assert (code, out) == (2, "")
    assert err.startswith(f"needlepoint: {named}: ")
