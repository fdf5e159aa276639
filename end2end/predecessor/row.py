"""The rows of the predecessors: what is checked for each, and what is said of it in the end."""

from __future__ import annotations

import re
import time
import traceback
from dataclasses import dataclass
from typing import Any, Callable

LINES = ("P2", "P3", "P4", "P5", "own")
PAIRS = [f"{speaker}→{listener}" for speaker in LINES for listener in LINES]
# What only a browser can show is for the tests in one.
SCREEN = {"P1.6", "P2.6", "P3.6", "P3.8", "P3.10", "P4.5", "P4.6", "P4.9", "P5.5", "P5.6", "P5.7"}
LATER = {"P2.7", "P4.10", "P5.9"}
HOW_MANY = {"P1": 7, "P2": 7, "P3": 10, "P4": 10, "P5": 9}
ROWS = [
    *(f"{name}.{number}" for name, last in HOW_MANY.items() for number in range(1, last + 1)),
    "token",
    *(f"{name} bad input" for name in HOW_MANY),
    *PAIRS,
]
# What is true of a row besides its verdict.
REMARKS = {
    "P1.4": "that a heartbeat counts as activity takes five minutes to see: --long",
    "P1.5": "five minutes without activity take five minutes: --long",
    "P3.5": "as far as the page shows it without a script",
    "P3.7": "as far as the page shows it without a script",
    "P4.7": "the server's side of it",
    "P5.4": "the fields; the ticks are drawn on a screen",
    "P4→P5": "by nature not: a job's room has no partner's address; P4 over HTTP in a room of two is heard",
    "P5→P4": "by nature not: a room of two has no job to open P4's socket by; P4 over HTTP lists it once",
}


class Untried(Exception):
    """What a check needs is not there."""


@dataclass
class Check:
    """One thing that must be so."""

    row: str
    name: str
    run: Callable[[Any], None]
    is_long: bool = False
    wrong: str | None = None
    is_done: bool = False
    untried: str | None = None


CHECKS: list[Check] = []


def row(of: str, name: str | None = None, is_long: bool = False) -> Callable:
    """Makes a function the check of a row; its name is what it says."""
    assert of in ROWS, of

    def add(run: Callable[[Any], None]) -> Callable[[Any], None]:
        CHECKS.append(Check(of, name or run.__name__.replace("_", " "), run, is_long))
        return run

    return add


def same(found: object, wanted: object, about: str = "") -> None:
    """Two values are the same."""
    assert found == wanted, f"{about}{': ' if about else ''}{found!r} and not {wanted!r}"


def has(found: Any, **fields: object) -> Any:
    """An object has these fields, with these values."""
    assert isinstance(found, dict), f"{found!r} is no object"
    for name, value in fields.items():
        assert name in found, f"{name} is missing in {found}"
        same(found[name], value, f"{name} in {found}")
    return found


def is_stamp(text: object) -> None:
    """A time is ISO 8601 in UTC with microseconds."""
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
    assert isinstance(text, str) and re.fullmatch(pattern, text), f"{text!r} is not such a time"


def run(house: Any, only: list[str], with_long: bool) -> int:
    """Runs the checks, prints what came of each and a line for each row; how many failed."""
    for check in CHECKS:
        if only and not any(check.row.startswith(begin) for begin in only):
            continue
        if check.is_long and not with_long:
            continue
        began = time.monotonic()
        try:
            check.run(house)
            check.is_done = True
        except Untried as why:
            check.untried = str(why)
        except Exception as error:
            check.is_done = True
            place = traceback.extract_tb(error.__traceback__)
            ours = [frame for frame in place if "predecessor" in frame.filename][-1:]
            where = "".join(f" ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})" for frame in ours)
            check.wrong = f"{type(error).__name__}: {error}".removeprefix("AssertionError: ") + where
        house.hang_up()
        took = time.monotonic() - began
        outcome = "FAILED" if check.wrong else "ok" if check.is_done else "-"
        print(f"{outcome:<6} {check.row:<12} {check.name} ({took:.1f} s)", flush=True)
        if check.wrong or check.untried:
            print(f"       {check.wrong or f'not tried: {check.untried}'}", flush=True)
    print()
    for name in ROWS:
        print(f"{name} {verdict(name, with_long)}")
    failed = sum(check.wrong is not None for check in CHECKS)
    passed = sum(check.is_done for check in CHECKS) - failed
    print(f"\ntest result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed;")
    return failed


def verdict(name: str, with_long: bool) -> str:
    """What is said of a row."""
    checks = [check for check in CHECKS if check.row == name and check.is_done]
    wrong = [check for check in checks if check.wrong]
    if name in SCREEN:
        return "screen"
    if name in LATER:
        return "later"
    if wrong:
        return "FAILED " + "; ".join(check.name for check in wrong)
    if not checks:
        return "not run"
    remark = REMARKS.get(name, "")
    if remark.startswith("by nature not"):
        return remark
    remarks = [] if with_long and "--long" in remark else [remark]
    remarks += [f"not tried: {check.name}" for check in CHECKS if check.row == name and check.untried]
    return " ".join(["ok", *(f"({one})" for one in remarks if one)])
