"""What the Quality page says and shows besides its figures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from pages._ui import datasets, widgets
from seqdl_core.evaluation.wording import metric_within
from seqdl_core.figures.text import count, interval, markdown, percent, plural, score
from seqdl_core.sequences.alphabets import alphabet_named

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pages._ui.data_doors import QualityView
    from seqdl_core.data.dataset_info import DatasetInfo
    from seqdl_core.data.quality import Quality


def shortcut_detector(found: Mapping[str, Any], info: "DatasetInfo") -> None:
    """The sentence first, then both models with their intervals."""
    st.header(markdown(found["sentence"]), anchor=False)
    if "composition" not in found:
        return
    metric = metric_within(found["metric"])
    seen = "Length, GC and letters" if alphabet_named(info.alphabet).complement else "Length and letters"
    with st.container(border=True):
        st.markdown("**Shortcut detector**")
        widgets.metric_row(
            [
                (f"{seen} alone, {metric}", *_measured(found["composition"])),
                (f"Letters by position alone, {metric}", *_measured(found["positions"])),
            ],
            border=False,
        )
        st.caption(
            f"Two models that know no motif, cross-validated on {plural(found['rows'], 'row')}; "
            f"{'equal sequences' if found['aligned'] else 'near copies'} are kept in one fold. A network has to be "
            "held against the better of them."
        )


def metrics(found: "QualityView", info: "DatasetInfo") -> list[tuple[str, str, str]]:
    """Counts over all rows."""
    quality = found.quality
    turned = f"{count(quality.turned)} on the other strand" if quality.turned else ""
    several = [part for part in info.counts.values() if part]
    rows = [
        ("Rows", count(quality.rows), f"in {plural(len(several), 'part')}"),
        ("Repeats", count(quality.repeated), turned or "of an earlier sequence"),
        ("With unknown letters", count(quality.unknown_rows), plural(quality.unknown_letters, "letter")),
    ]
    length = one_length(quality)
    if length is not None:
        rows.append((f"Length in {alphabet_named(info.alphabet).unit}", count(length), "every sequence"))
    if info.task in ("binary", "multiclass", "multilabel"):
        rows.append(("Conflicting labels", count(quality.contradicting), plural(quality.contradictions, "sequence")))
    if info.task in ("binary", "multiclass") and len(quality.sizes) > 1 and info.negatives != "shuffle":
        smallest = int(np.argmin(quality.sizes))
        share = percent(quality.sizes[smallest] / max(sum(quality.sizes), 1))
        rows.append(("Smallest class", share, datasets.class_title(quality.classes[smallest])))
    return rows


def one_length(quality: "Quality") -> int | None:
    """The length of all sequences; None where they differ, which a figure shows."""
    medians = quality.lengths.medians[np.isfinite(quality.lengths.medians)]
    filled = np.flatnonzero(quality.lengths.counts.sum(axis=0))
    whole = len(set(medians.tolist())) == 1 and float(medians[0]).is_integer()
    narrow = quality.lengths.edges[1] - quality.lengths.edges[0] <= 1
    return int(medians[0]) if whole and narrow and len(filled) == 1 else None


def in_pairs(figures: Sequence[tuple[str, str, str, "go.Figure"]]) -> None:
    """Figures two in a row, each in a card: title, sentence for screen readers, key, figure. A last one has the row."""
    for start in range(0, len(figures), 2):
        row = figures[start : start + 2]
        for column, (title, alt, key, chart) in zip(st.columns(len(row), gap="medium"), row, strict=True):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**{title}**")
                widgets.figure(chart, alt, key=key)


def position_note(quality: "Quality", info: "DatasetInfo") -> str:
    """How the letters by position are to be read."""
    from seqdl_core.data.quality import ALIGNED, agreement

    if info.wild_type:
        return "Mutants of one wild type: each position has one strong letter, and what stands beside it was tried."
    if one_length(quality) is not None and agreement(quality.positions) >= ALIGNED:
        return "Aligned sequences: most agree at most positions, and what differs at a position can be the signal."
    ends = " Only positions that one in fifty sequences reaches are shown." if one_length(quality) is None else ""
    return (
        f"Sequences are aligned at their start.{ends} An even picture says that the position tells nothing. A pattern "
        "is the signal itself where all sequences of a class are centred on one site, such as a splice junction, and "
        "a shortcut where they are not."
    )


def first_class(quality: "Quality") -> int:
    """The class whose letters by position are the least even, the last of several: there is most to see."""
    from seqdl_core.data.quality import agreement

    uneven = [round(agreement(shares), 2) for shares in quality.positions]
    return max(range(len(uneven)), key=lambda place: (uneven[place], place))


def contradictions(quality: "Quality") -> None:
    """The first sequences whose rows disagree."""
    if not quality.examples:
        return
    with st.expander(f"{plural(quality.contradictions, 'sequence')} with different labels", icon=":material/contrast:"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Rows": [", ".join(example.ids[:6]) for example in quality.examples],
                    "Labels": [", ".join(example.labels[:6]) for example in quality.examples],
                }
            ),
            hide_index=True, alt="Rows with the same sequence and different labels",
        )  # fmt: skip


def balance(quality: "Quality") -> tuple[Any, ...]:
    """Counts, names of parts and names of classes for the bars."""
    parts = [str(part) for part in quality.balance.index]
    names = [datasets.class_title(str(name)) for name in quality.balance.columns]
    return quality.balance.to_numpy(), parts, names


def _measured(value: Mapping[str, Any]) -> tuple[str, str]:
    return score(value["value"]), interval(value["low"], value["high"])
