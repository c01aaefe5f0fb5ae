"""What the Split page says about leaks, and the order for another split."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from pages._ui import data_doors, widgets
from seqdl_core.data.dataset_info import PART_WORDS
from seqdl_core.data.spreadsheet import as_csv
from seqdl_core.evaluation.wording import metric_within
from seqdl_core.figures.text import count, interval, markdown, percent, plural, score, signed

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.splits import Way

_COLOURS = {"exact": "red", "reverse complement": "red", "overlap": "orange", "near": "orange"}


def verdict(found: Mapping[str, Any]) -> str:
    """The one sentence: how much this split flatters where that was measured, else what leaks."""
    inflation = found.get("inflation") or {}
    return str(inflation["sentence"] if "as_split" in inflation else found["sentence"])


def not_measured(found: Mapping[str, Any]) -> str:
    """Why it is not known how much the split flatters; "" where it is, or where nothing can flatter."""
    inflation = found.get("inflation") or {}
    return "" if "as_split" in inflation or not comparable(found) else str(inflation.get("sentence", ""))


def comparable(found: Mapping[str, Any]) -> bool:
    """Whether there is a test part and a training part."""
    return bool(found["held"] and found["known"])


def badges(found: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Leaking test rows by the kind of their closest copy; one badge where there is none."""
    if not comparable(found):
        return [("Nothing to compare", "orange", "info")]
    if not leaking(found) and found.get("alike"):
        return [("Variants of one sequence", "orange", "warning")]
    if not leaking(found):
        return [("No leak found", "green", "check")]
    items = [
        (f"{count(number)} {kind}", _COLOURS.get(kind, "orange"), "warning")
        for kind, number in found["kinds"].items()
        if number
    ]
    return items + [
        (f"{count(one['rows'])} of {one['held_part']} in {PART_WORDS[one['known_part']]}", "orange", "warning")
        for one in found["besides"]
        if one["rows"]
    ]


def leaking(found: Mapping[str, Any]) -> int:
    """Rows with a copy in a part that was seen before theirs."""
    return int(found["test_rows"]) + sum(int(one["rows"]) for one in found["besides"])


def beneath(found: Mapping[str, Any]) -> str:
    """What stands small under the verdict: why nothing was measured, or by which rule nothing was found; validation."""
    first = str(found["sentence"]) if comparable(found) and found["sentence"] not in verdict(found) else ""
    others = (str(one["sentence"]) for one in found["besides"])
    return " ".join(said for said in (not_measured(found) or first, *others) if said)


def metrics(found: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """How many rows leak, and the k-mer baseline both ways; nothing where there are no two parts."""
    if not comparable(found):
        return []
    share = percent(found["test_rows"] / max(found["held"], 1))
    rows = [("Test rows that leak", count(found["test_rows"]), f"{share} of {count(found['held'])}")]
    inflation = found.get("inflation") or {}
    if "as_split" not in inflation:
        return rows
    metric = metric_within(inflation["metric"])
    rows.append((f"{metric} as split", *_measured(inflation["as_split"])))
    if inflation["without_copies"] and inflation["without_copies"]["value"] is not None:
        rows[-1] = (f"{metric}, as many others left out", *_measured(inflation["without_others"]))
        rows.append((f"{metric}, copies left out", *_measured(inflation["without_copies"])))
        difference = inflation["difference"]
        rows.append(
            ("The split flatters by", signed(difference["value"]), interval(difference["low"], difference["high"]))
        )
    return rows


def pairs_note(found: Mapping[str, Any]) -> str:
    """How many of the pairs are shown."""
    return f"{plural(len(found['pairs']), 'pair')}, the closest of each test row first; tick one to see it below"


def pairs(owner: str, data: "Dataset", found: Sequence[Mapping[str, Any]]) -> None:
    """The pairs as a table, and the ticked one side by side."""
    table = pd.DataFrame(
        {
            "Held out": [str(pair["test"]) for pair in found],
            "Copied": [str(pair["train"]) for pair in found],
            "Parts": [f"{pair['held_part']}, {PART_WORDS[pair['known_part']]}" for pair in found],
            "Kind": [str(pair["kind"]) for pair in found],
            "Identity": ["" if pair["identity"] is None else percent(pair["identity"]) for pair in found],
            "Letters compared": [pair["letters"] for pair in found],
        }
    )
    if data.alphabet.double_stranded:
        table["Strand"] = ["other" if pair["strand"] == "-" else "same" for pair in found]
    event = st.dataframe(
        table, hide_index=True, height=220, on_select="rerun", selection_mode="single-row", key="split:pairs",
        alt="Held-out sequences and their copies in other parts",
    )  # fmt: skip
    picked = found[event.selection.rows[0] if event.selection.rows else 0]
    turned = ", turned to the other strand" if picked["strand"] == "-" else ""
    st.markdown(
        f"**{markdown(picked['test'], 40)}** of the {picked['held_part']} set{turned}, beside "
        f"**{markdown(picked['train'], 40)}** of {PART_WORDS[picked['known_part']]}: {picked['kind']}"
    )
    st.code(
        data_doors.pair_text(owner, data.folder.name, picked["test_row"], picked["train_row"], picked["strand"]), None
    )
    widgets.download("Pairs as CSV", as_csv(table), "leaking-pairs.csv", "text/csv")


def suggested(ways: "Sequence[Way]", found: Mapping[str, Any] | None) -> int:
    """The way to begin with: by position where all sequences are alike, by similarity where something leaks."""
    names = [way.name for way in ways]
    wanted = ""
    if found and leaking(found):
        wanted = "similarity"
    if found and found.get("alike"):
        wanted = "contiguous"
    return names.index(wanted) if wanted in names else 0


def command(data: "Dataset", folder: Path, way: "Way", settings: Mapping[str, Any], name: str) -> list[str]:
    """The command that makes the split; a setting that was left as it is, is left out."""
    defaults = way.config()
    changed = {key: value for key, value in settings.items() if value != getattr(defaults, key)}
    flags = [f"--{key.replace('_', '-')}={value}" for key, value in changed.items()]
    return [
        "split", str(data.folder), f"--way={way.name}", f"--out={folder}", *flags,
        *([f"--name={name.strip()}"] if name.strip() else []),
    ]  # fmt: skip


def _measured(value: Mapping[str, Any]) -> tuple[str, str]:
    return score(value["value"]), interval(value["low"], value["high"])
