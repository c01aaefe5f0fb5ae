"""The doors to what is known of a data set: its quality, its ways to split, two of its rows side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def quality_view(record: Mapping[str, Any]) -> QualityView:
    """What the command ``quality`` measured, beside this process, for the page to draw."""
    from seqdl_core.data.quality_record import from_record

    return QualityView(from_record(dict(record)), tuple(record["sentences"]))


@st.cache_resource(max_entries=32, show_spinner=False)
def ways_of(owner: str, dataset_id: str) -> "list[Way]":
    """The ways to split that this data set has what they need for. The sequences are not read for that."""
    from seqdl_core.data.splitting import possible_ways

    data = doors.dataset(owner, dataset_id)
    return possible_ways(data.beside_sequences(), data.info)


def pair_text(owner: str, dataset_id: str, test_row: int, train_row: int, strand: str) -> str:
    """Two rows of a data set side by side, as text in a font of fixed width."""
    from seqdl_core.data import alignment

    data = doors.dataset(owner, dataset_id)
    test, train = data.sequences_at([test_row, train_row])
    found = alignment.align_pair(test, train, data.alphabet, strand)
    return alignment.pair_text(found.first, found.marks, found.second)
