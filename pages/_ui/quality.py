"""What the Quality page says and shows besides its figures."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from pages._ui import datasets, widgets
from seqdl_core.figures.text import count, interval, markdown, percent, plural, score

if TYPE_CHECKING:
    from pages._ui.data_doors import QualityView
    from seqdl_core.data.dataset_info import DatasetInfo
    from seqdl_core.data.quality import Quality

_METRICS = {"auroc": "AUROC", "spearman": "Spearman", "macro_auroc": "macro AUROC"}


def shortcut_detector(found: Mapping[str, Any]) -> None:
    """The sentence first, then both models with their intervals."""
    st.header(markdown(found["sentence"]), anchor=False)
    if "composition" not in found:
        return
    metric = _METRICS.get(found["metric"], found["metric"])
    with st.container(border=True):
        st.markdown("**Shortcut detector**")
        widgets.metric_row(
            [
                (f"Length, GC and letters alone, {metric}", *_measured(found["composition"])),
                (f"Letters by position alone, {metric}", *_measured(found["positions"])),
            ],
            border=False,
        )
        st.caption(
            f"Two models that know no motif, cross-validated on {plural(found['rows'], 'row')}; copies of a sequence "
            "are kept in one fold. A network has to be held against the better of them."
        )


def metrics(found: "QualityView", info: "DatasetInfo") -> list[tuple[str, str, str]]:
    """Counts over all rows."""
    quality = found.quality
    rows = [
        ("Rows", count(quality.rows), datasets.parts_line(info)),
        ("Duplicates", count(quality.repeated), f"and {count(quality.turned)} on the other strand"),
        ("Conflicting labels", count(quality.contradicting), plural(quality.contradictions, "sequence")),
        ("With unknown letters", count(quality.unknown_rows), plural(quality.unknown_letters, "letter")),
    ]
    if info.task in ("binary", "multiclass") and len(quality.sizes) > 1:
        smallest = int(np.argmin(quality.sizes))
        share = percent(quality.sizes[smallest] / max(sum(quality.sizes), 1))
        rows.append(("Smallest class", share, datasets.class_title(quality.classes[smallest])))
    return rows


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


def letters_table(quality: "Quality") -> None:
    """Where GC means nothing: the letters whose share differs most between the classes."""
    st.markdown("**Letters that differ most**")
    shares = pd.DataFrame(
        quality.composition.T,
        columns=[datasets.class_title(name) for name in quality.classes],
        index=list(quality.letters),
    )
    order = (shares.max(axis=1) - shares.min(axis=1)).sort_values(ascending=False).index[:8]
    st.dataframe(shares.loc[order].map(percent), alt="Letters whose share differs most between the classes")


def _measured(value: Mapping[str, Any]) -> tuple[str, str]:
    return score(value["value"]), interval(value["low"], value["high"])
