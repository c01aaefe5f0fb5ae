"""What a data set knows about stretches of its sequences: under the letters where there is room, and as a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pages._ui.components.track import Hit
from seqdl_core.figures.text import one_line

if TYPE_CHECKING:
    from pages._ui.components.track import Row
    from seqdl_core.data.dataset import Dataset

_STRANDS = {"+": "+", "-": "−"}


def beside_sites(rows: "Sequence[Row]", ids: Sequence[str], data: "Dataset") -> "list[Row]":
    """The rows of a track with brackets for annotated stretches, where these leave motif sites and letters readable.

    A stretch that covers the whole sequence or overlaps a site has no bracket; the table lists it.
    """
    features = data.features
    told: list[Row] = []
    for row, name in zip(rows, ids, strict=True):
        sites = list(row.get("hits", ()))
        own: list[Hit] = []
        for one in features[features["id"] == name].itertuples():
            whole = one.start <= 0 and one.end >= len(row["sequence"])
            if not whole and not any(one.start < hit["end"] and hit["start"] < one.end for hit in sites):
                own.append({"start": int(one.start), "end": int(one.end), "label": one_line(one.name or one.kind, 24)})
        told.append({**row, "hits": [*sites, *own]})
    return told


def table(ids: Sequence[str], data: "Dataset") -> pd.DataFrame:
    """Annotated stretches and structures of these rows, in their order, positions from 1; empty where none has any."""
    kept = data.features[data.features["id"].isin(set(ids))]
    found = pd.DataFrame(
        {
            "Sequence": [one_line(name, 40) for name in kept["id"]],
            "Kind": [one_line(kind, 40) for kind in kept["kind"]],
            "Name": [one_line(name, 60) for name in kept["name"]],
            "First": kept["start"].to_numpy() + 1,
            "Last": kept["end"].to_numpy(),
            "Strand": [_STRANDS.get(strand, "") for strand in kept["strand"]],
        },
        index=kept["id"].to_numpy(),
    )
    parts = [found]
    if "structure" in data.table.columns:
        rows = data.table.set_index("id").loc[[name for name in ids if name in set(data.table["id"])]]
        drawn = rows[rows["structure"].str.len() > 0]
        parts.append(
            pd.DataFrame(
                {
                    "Sequence": [one_line(name, 40) for name in drawn.index],
                    "Kind": "structure",
                    "Name": [one_line(text, 400) for text in drawn["structure"]],
                    "First": 1,
                    "Last": drawn["sequence"].str.len().to_numpy(),
                    "Strand": "",
                },
                index=drawn.index,
            )
        )
    joined = pd.concat([part for part in parts if len(part)]) if any(len(part) for part in parts) else found
    place = {name: number for number, name in enumerate(ids)}
    return joined.iloc[sorted(range(len(joined)), key=lambda row: place[joined.index[row]])].reset_index(drop=True)
