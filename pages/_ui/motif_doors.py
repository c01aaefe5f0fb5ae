"""The doors to motifs: what a run's filters learned, JASPAR's sites in a sequence, and logos."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import doors, storage
from seqdl_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from seqdl_core.interpretation.reports import FilterReport
    from seqdl_core.sequences.motifs import Motif
    from seqdl_core.variants.sites import Site

_SURE_Q = 0.05
_MOST_MOTIFS = 8


def filters(owner: str, found: RunFolder) -> "list[FilterReport] | None":
    """What the filters learned, the most influential first; None until it is there. Raises DataError as above."""
    stamp = doors.written(found.motifs_path)
    return _filters(owner, found.id, stamp) if stamp else None


@st.cache_resource(max_entries=8, show_spinner=False)
def _filters(owner: str, run_id: str, stamp: int) -> "list[FilterReport] | None":
    from seqdl_core.runs.results import motifs_of

    return motifs_of(storage.run(owner, run_id))


def filters_meme(owner: str, found: RunFolder) -> str:
    """The filters' motifs as a MEME file."""
    from seqdl_core.sequences.motifs import meme_text

    return meme_text(report.motif for report in filters(owner, found) or () if report.motif is not None)


def logo(motif: "Motif", mode: str) -> str:
    """A motif as a logo in the colours of a theme, as SVG."""
    return _logo(motif.letters, tuple(map(tuple, motif.probabilities.tolist())), motif.sites, mode)


@st.cache_data(max_entries=512, show_spinner=False)
def _logo(letters: str, probabilities: tuple[tuple[float, ...], ...], sites: int, mode: str) -> str:
    from seqdl_core.figures.logo import motif_logo

    return motif_logo(letters, probabilities, sites, mode)


def matched_motifs(owner: str, found: RunFolder) -> "list[Motif]":
    """The JASPAR motif chosen for the run and those that its filters match best, at most eight; none but for DNA.

    JASPAR's motifs are of proteins that bind double-stranded DNA: to look for them in RNA would tell nothing true.
    """
    from seqdl_core.sequences.motifs import jaspar

    if not doors.dataset_of(owner, found).alphabet.double_stranded:
        return []
    close = [match for report in filters(owner, found) or () for match in report.matches[:2] if match.q < _SURE_Q]
    best = [match.id for match in sorted(close, key=lambda match: match.q)]
    chosen = [jaspar(found.spec.jaspar).id] if found.spec.jaspar else []
    return [jaspar(identifier) for identifier in list(dict.fromkeys(chosen + best))[:_MOST_MOTIFS]]


def motifs_or_none(owner: str, found: RunFolder) -> "list[Motif]":
    """The same; where they cannot be read that is shown, and the page goes on without them."""
    known: list[Motif] = []
    with doors.open_door(stop=False):
        known = matched_motifs(owner, found)
    return known


@st.cache_data(max_entries=64, show_spinner=False)
def _sites(motif_ids: tuple[str, ...], reference: str, edited: str) -> "list[Site]":
    from seqdl_core.sequences.motifs import jaspar
    from seqdl_core.variants.sites import compare_sites

    return compare_sites([jaspar(identifier) for identifier in motif_ids], reference, edited)


def sites(motifs: "Sequence[Motif]", reference: str, edited: str) -> "list[Site]":
    """Sites of JASPAR motifs before and after the edits of a DNA sequence."""
    return _sites(tuple(motif.id for motif in motifs), reference, edited) if motifs else []
