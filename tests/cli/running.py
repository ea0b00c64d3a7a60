"""Runs the command in this process, and holds a refusal to the form of the contract."""

import json
from typing import Any


class Result:
    """What a command wrote and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


def screen(needlepoint: Any, case: dict[str, Any] | str) -> Result:
    text = case if isinstance(case, str) else json.dumps(case)
    result = needlepoint("screen", "-", "--json", stdin=text.encode())
    assert isinstance(result, Result)
    return result


def refused(result: Result) -> tuple[str, str]:
    """Give field and message of a refusal, which must look as the contract wants it."""
    assert result.code == 2
    assert result.out == ""
    assert result.err.endswith("\n")
    assert result.err.count("\n") == 1
    program, field, message = result.err.rstrip("\n").split(": ", 2)
    assert program == "needlepoint"
    assert 0 < len(message) <= 200
    return field, message
