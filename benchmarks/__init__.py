"""Benchmarks: what SeqDL reaches, measured beside its peers in the same run.

Every benchmark is ``python -m benchmarks.NAME [--json] [--only FIGURE]``. It prints a table, or with ``--json`` a list
of rows ``{"figure", "value", "low", "high", "target", "met"}``. ``--only`` takes a figure's name or its beginning.
The peers that SeqDL does not need itself are in ``benchmarks/requirements.txt``; where one is not installed, the row
says so in ``"note"``.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class Row:
    """One figure. ``low`` and ``high`` are the interval or the spread; ``target`` is None where none was set.

    ``met`` is None where there is no target. ``note`` says why there is no value.
    """

    figure: str
    value: float | None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    met: bool | None = None
    note: str = ""


def row(
    figure: str,
    value: float | None,
    *,
    low: float | None = None,
    high: float | None = None,
    target: float | None = None,
    want: Literal["at least", "at most"] = "at least",
    note: str = "",
) -> Row:
    """A row that knows whether its target is met; a figure that could not be measured meets none."""
    met = None
    if target is not None:
        met = value is not None and (value >= target if want == "at least" else value <= target)
    return Row(figure, value, low, high, target, met, note)


@dataclass(frozen=True)
class Measurement:
    """A measurement and the names of its figures, so that ``--only`` runs no more than it must."""

    figures: tuple[str, ...]
    run: Callable[[], Iterator[Row]]

    def wanted(self, only: str | None) -> bool:
        """Whether any of its figures can match."""
        return only is None or any(figure.startswith(only) for figure in self.figures)


def main(title: str, measurements: Sequence[Measurement], arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for and print it; progress goes to standard error."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--json", action="store_true", help="print a list of rows as JSON")
    parser.add_argument("--only", metavar="FIGURE", help="only figures whose name begins like this")
    chosen = parser.parse_args(arguments)
    rows: list[Row] = []
    for measurement in measurements:
        if not measurement.wanted(chosen.only):
            continue
        for found in measurement.run():
            if chosen.only is None or found.figure.startswith(chosen.only):
                rows.append(found)
                print(_line(found), file=sys.stderr if chosen.json else sys.stdout, flush=True)
    if chosen.json:
        print(json.dumps([{k: v for k, v in asdict(found).items() if k != "note" or v} for found in rows], indent=2))
    return 0 if rows else 2


def _line(found: Row) -> str:
    spread = f"[{found.low:.4g}, {found.high:.4g}]" if found.low is not None and found.high is not None else ""
    value = "n/a" if found.value is None else f"{found.value:.4g}"
    target = "" if found.target is None else f"target {found.target:g}"
    met = "" if found.met is None else ("met" if found.met else "MISSED")
    return f"{found.figure:<42} {value:>10} {spread:<20} {target:<14} {met} {found.note}".rstrip()
