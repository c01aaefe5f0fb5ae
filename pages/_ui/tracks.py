"""What the sequence track draws: from the core's arrays to the track's data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pages._ui.components.track import Hit, Row, TrackData
from seqdl_core.figures.text import one_line

if TYPE_CHECKING:
    from pages._ui.doors import Attributed
    from pages._ui.readings import Reading
    from seqdl_core.variants.bench import SequenceView
    from seqdl_core.variants.edits import History
    from seqdl_core.variants.sites import Site


def stack(chosen: "Attributed", found: "Sequence[Sequence[Site]]") -> TrackData:
    """One line of letters for each sequence, with the sites of known motifs under it."""
    rows: list[Row] = [
        {
            "label": one_line(name, 28),
            "note": note,
            "sequence": sequence,
            "values": values,
            "hits": hits(sites, plain=True),
        }
        for name, note, sequence, values, sites in zip(
            chosen.names, chosen.notes, chosen.sequences, chosen.values, found, strict=True
        )
    ]
    return {
        "mode": "stack",
        "letters": chosen.letters,
        "rows": rows,
        "unit": chosen.unit,
        "digits": chosen.digits,
        "name": "sequences",
        "title": chosen.title,
    }


def bench(
    name: str,
    letters: str,
    reading: "Reading",
    reference: "SequenceView",
    edited: "SequenceView",
    history: "History",
    found: "Sequence[Site]",
) -> TrackData:
    """The reference over the edited sequence, and what every further change would do."""
    rows: list[Row] = [_line("REF", reference, "reference", reading)]
    if edited.sequence != reference.sequence:
        rows.append(_line("ALT", edited, "accent", reading))
    return {
        "mode": "bench",
        "letters": letters,
        "sequence": reference.sequence,
        "edited": edited.sequence,
        "rows": rows,
        "map": {
            "values": edited.changes.tolist(),
            "unit": reading.unit,
            "probabilities": edited.probabilities.tolist(),
            "spoken": reading.spoken,
        },
        "edits": [{"position": one.position, "letter": one.letter} for one in history.differences(reference.sequence)],
        "hits": hits(found),
        "unit": reading.unit,
        "digits": reading.digits,
        "name": name,
        "title": name,
    }


def _line(label: str, seen: "SequenceView", tone: Literal["reference", "accent"], reading: "Reading") -> Row:
    return {
        "label": label,
        "note": reading.told(seen.probability),
        "sequence": seen.sequence,
        "values": seen.letters.tolist(),
        "tone": tone,
    }


def hits(sites: "Sequence[Site]", *, plain: bool = False) -> list[Hit]:
    """Motif sites as brackets over the letters; ``plain`` leaves out what became of them."""
    return [
        {
            "start": site.start,
            "end": site.end,
            "label": f"{site.motif.name} ({site.strand.replace('-', '−')})",
            "status": "" if plain else site.status,
        }
        for site in sites
    ]
