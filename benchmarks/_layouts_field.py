"""Layouts written by another hand, before it had read a line of the code that reads them.

Each was written down with the answer that a careful person would give, from the survey of formats and from what people
who work with sequences hold: exports of spreadsheets and plate readers, R and pandas, MaveDB, ENCODE, plasmid editors,
guide screens, tables of supplements. Of 125 whose files tell all, 69 were right when they were first run, and of
32 further ones (``_field_more``) 23; what was wrong then was made right in the core. Of the first answers nine were
changed on second thought, each with the reason beside it; the two figures above count with those changes.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import (
    Measurement,
    Row,
    _field_cells,
    _field_more,
    _field_nucleic,
    _field_places,
    _field_proteins,
    _field_residues,
    _field_tables,
    row,
)
from benchmarks._layout_files import Layout
from benchmarks._layouts import Judged, judge_layout

_PARTS = (_field_cells, _field_tables, _field_nucleic, _field_places, _field_proteins, _field_residues, _field_more)


def field_layouts() -> list[Layout]:
    """All of them."""
    return [layout for part in _PARTS for layout in part.layouts()]


def run_field() -> list[tuple[Layout, Judged]]:
    """Each layout in a folder of its own, judged."""
    with tempfile.TemporaryDirectory() as folder:
        layouts = enumerate(field_layouts())
        return [(layout, judge_layout(layout, Path(folder) / str(place))) for place, layout in layouts]


def measure_field() -> Iterator[Row]:
    """Shares of the layouts whose files tell all, and of all; what is wrong without asking."""
    judged = run_field()
    tell = [one for layout, one in judged if "form" not in layout.answer]
    other = "; ".join(f"{one.name}: {one.result}, {one.why}" for _, one in judged if one.result != "right")
    right = sum(one.result == "right" for one in tell)
    told = other or f"{right} of {len(tell)} layouts whose files tell all"
    yield row("field layouts", right / len(tell), target=0.95, note=told)
    rightly = sum(one.result == "right" for _, one in judged)
    asking = f"{rightly} of {len(judged)}; {len(judged) - len(tell)} do not tell and must ask for just that"
    yield row("field layouts: right or rightly asked, over all", rightly / len(judged), target=0.95, note=asking)
    for result in ("wrong", "traceback"):
        count = sum(one.result == result for _, one in judged)
        yield row(f"field layouts: {result}", count, target=0, want="at most")


_FIGURES = ("", ": right or rightly asked, over all", ": wrong", ": traceback")
MEASUREMENTS = (Measurement(tuple(f"field layouts{figure}" for figure in _FIGURES), measure_field),)
