"""The doors to what is known of a data set: its quality, its ways to split, two of its rows side by side."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import doors

if TYPE_CHECKING:
    from seqdl_core.data.quality import Quality
    from seqdl_core.data.splits import Way


@dataclass(frozen=True)
class QualityView:
    """The figures of a data set, and what deserves a look in sentences."""

    quality: "Quality"
    sentences: tuple[str, ...]


@st.cache_resource(max_entries=8, show_spinner="Looking at the sequences")
def quality_of(owner: str, dataset_id: str) -> QualityView:
    """What the rows of a data set are like."""
    from seqdl_core.data.quality import assess, quality_sentences

    data = doors.dataset(owner, dataset_id)
    found = assess(data.table, data.info)
    return QualityView(found, tuple(quality_sentences(found, data.info)))


def ways_of(owner: str, dataset_id: str) -> "list[Way]":
    """The ways to split that this data set has what they need for."""
    from seqdl_core.data.splitting import possible_ways

    data = doors.dataset(owner, dataset_id)
    return possible_ways(data.table, data.info)


def pair_text(owner: str, dataset_id: str, test_row: int, train_row: int, strand: str) -> str:
    """Two rows of a data set side by side, as text in a font of fixed width."""
    from seqdl_core.data import alignment

    data = doors.dataset(owner, dataset_id)
    sequences = data.table["sequence"]
    found = alignment.align_pair(sequences.iloc[test_row], sequences.iloc[train_row], data.alphabet, strand)
    return alignment.pair_text(found.first, found.marks, found.second)
