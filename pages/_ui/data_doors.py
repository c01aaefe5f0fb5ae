"""The doors to what is known of a data set: its quality, its ways to split, two of its rows side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import doors
from seqdl_core.figures.text import count, duration, plural

if TYPE_CHECKING:
    from seqdl_core.data.dataset_info import DatasetInfo
    from seqdl_core.data.quality import Quality
    from seqdl_core.data.splits import Way


MOST_SECONDS = 20.0
"""What takes longer is measured when the person asks for it, and not because a page was opened."""

_SECONDS = {"Measure quality": 0.2, "Look for shortcuts": 2.0, "Look for leaks": 3.5}
"""For a million letters of DNA, about: measured in November 2026 on two cores with sets of 8 and 20 million letters."""


def asked_first(info: "DatasetInfo", work: str) -> tuple[str, str]:
    """The words of a button that starts the work, and what it takes; both empty where it may start by itself."""
    rows = sum(info.counts.values())
    seconds = _SECONDS[work] * rows * info.length / 1e6
    if seconds <= MOST_SECONDS:
        return "", ""
    said = f"{plural(rows, 'sequence')} of up to {count(info.length)} letters take about {duration(seconds)}"
    return work, f"{said} on two cores."


@dataclass(frozen=True)
class QualityView:
    """The figures of a data set, and what deserves a look in sentences."""

    quality: "Quality"
    sentences: tuple[str, ...]


def quality_view(record: Mapping[str, Any]) -> QualityView:
    """What the command ``quality`` measured, beside this process, for the page to draw."""
    from seqdl_core.data.quality_record import from_record

    return QualityView(from_record(dict(record)), tuple(record["sentences"]))


@st.cache_resource(max_entries=32, show_spinner=False)
def ways_of(owner: str, dataset_id: str) -> "list[Way]":
    """The ways to split that this data set has what they need for. The sequences are not read for that."""
    from seqdl_core.data.parts.resplit import possible_ways

    data = doors.dataset(owner, dataset_id)
    return possible_ways(data.beside_sequences(), data.info)


@st.cache_resource(max_entries=64, show_spinner=False)
def folds(owner: str, dataset_id: str) -> tuple[int, ...]:
    """The folds of a data set, counted from 1; empty where it has none."""
    from seqdl_core.data.splits.folds import folds_of

    return folds_of(doors.dataset(owner, dataset_id).beside_sequences())


def pair_text(owner: str, dataset_id: str, test_row: int, train_row: int, strand: str) -> str:
    """Two rows of a data set side by side, as text in a font of fixed width."""
    from seqdl_core.data.leaks import alignment

    data = doors.dataset(owner, dataset_id)
    test, train = data.sequences_at([test_row, train_row])
    found = alignment.align_pair(test, train, data.alphabet, strand)
    return alignment.pair_text(found.first, found.marks, found.second)
