"""Which type of feature makes the rows, where a table annotates one place several times: a gene, its exons, its CDS."""

from dataclasses import replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64

from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import Built, dropped_rows
from seqdl_core.data.places.coordinates import whole_numbers
from seqdl_core.errors import UnknownName
from seqdl_core.sequences.readers import RawTable, notice

__all__ = ["ALL_TYPES", "one_type"]

ALL_TYPES = "(all)"
_NESTED = 1 / 3
_LISTED = 4


def one_type(table: RawTable, choices: ImportChoices) -> Built:
    """One type of feature where types lie in each other: the most numerous, of equals the shortest.

    One place cannot be of two classes. A table with one type is handed back as it is. Where types lie apart (promoter,
    terminator) the type is the label.

    Args:
        table: intervals with a column ``type``, of a GFF file.

    Raises:
        UnknownName: the chosen type is not there.
    """
    types = table.cells["type"]
    counts = types.value_counts()
    if len(counts) < 2:
        return Built(table)
    wanted = choices.feature
    if wanted and wanted != ALL_TYPES and wanted not in counts.index:
        raise UnknownName("type of feature", wanted, [str(name) for name in counts.index], where=table.file.name)
    starts, ends = whole_numbers(table, "start"), whole_numbers(table, "end")
    lengths = pd.Series(ends - starts).groupby(types.to_numpy()).median()
    order = sorted(map(str, counts.index), key=lambda name: (-counts[name], lengths[name], name))
    nested = float(_inside_another(table, starts, ends).mean()) >= _NESTED
    taken = wanted or (order[0] if nested else ALL_TYPES)
    named = [f"{name} {counts[name]:,}" for name in order[:_LISTED]]
    more = f" and {len(order) - _LISTED} more" if len(order) > _LISTED else ""
    reason = "they lie in each other, so one type makes the rows" if nested else "they lie apart"
    finding = Finding(
        "feature",
        "category",
        "The type of each feature can be its label." if taken == ALL_TYPES else f"Each row is a feature: {taken}.",
        f"Types: {', '.join(named)}{more}; {'as chosen' if wanted else reason}",
        "feature",
        taken,
        (*((name, f"{name}, {counts[name]:,}") for name in order), (ALL_TYPES, "All types, each a class")),
    )
    if taken == ALL_TYPES:
        return Built(table, (finding,))
    keep = (types == taken).to_numpy(bool)
    out = np.flatnonzero(~keep)
    rest = f"of another type than {taken}, left out."
    told = notice(len(out), "feature", rest, table.where(int(out[0])))
    left = replace(table, cells=table.cells[keep].reset_index(drop=True), lines=table.lines[keep])
    dropped = dropped_rows(table, out.tolist(), f"feature {rest}")
    return Built(left, (finding,), (told,), dropped=tuple(dropped))


def _inside_another(
    table: RawTable, starts: Int64[np.ndarray, " N"], ends: Int64[np.ndarray, " N"]
) -> Bool[np.ndarray, " N"]:
    """Which features lie in, or in the very place of, one of another type."""
    found = np.zeros(len(table), bool)
    codes, _ = pd.factorize(table.cells["type"])
    chroms, _ = pd.factorize(table.cells["chrom"])
    for chrom in range(int(chroms.max(initial=-1)) + 1):
        on = np.flatnonzero(chroms == chrom)
        for kind in np.unique(codes[on]):
            own, others = on[codes[on] == kind], on[codes[on] != kind]
            if not others.size:
                continue
            others = others[np.argsort(starts[others], kind="stable")]
            reach = np.maximum.accumulate(ends[others])
            last = np.searchsorted(starts[others], starts[own], side="right") - 1
            found[own] = (last >= 0) & (reach[np.maximum(last, 0)] >= ends[own])
    return found
