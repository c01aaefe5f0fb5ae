"""Rows that are left out or changed on the way, each listed with its file, line, name and reason."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from seqdl_core.data.checks import CleanSequences
from seqdl_core.data.findings import Finding
from seqdl_core.data.inference import Assembled, infer_reverse_copies
from seqdl_core.data.interpretation import Interpretation, Roles
from seqdl_core.data.joins.building import dropped_rows
from seqdl_core.data.labels.labels import Labels
from seqdl_core.data.labels.spelling import said_missing
from seqdl_core.data.labels.targets import Targets
from seqdl_core.errors import DataError

__all__ = ["list_changed", "list_dropped", "without_bad_rows", "without_reverse_copies"]


_NEARLY_ALL = 0.9
_COMPLEMENT = str.maketrans("ACGTURYKMBDHV", "TGCAAYRMKVHDB")


def without_reverse_copies(rows: Assembled, roles: Roles, result: Interpretation) -> Assembled:
    """LegNet's tables hold each sequence twice: a copy on the other strand would stand on both sides of a split."""
    column = infer_reverse_copies(rows)
    if not column:
        return rows
    marked = np.array([value.strip().lower() not in ("0", "0.0", "false") for value in rows.values(column)])
    copies = marked & _other_strand_stays(rows, marked)
    if copies.sum() < _NEARLY_ALL * marked.sum():
        rest = f"that {column} marks, {int(copies.sum()):,} of which are the other strand of another row; all are kept."
        result.note(int(marked.sum()), "row", rest, rows.where(int(marked.argmax())))
        return rows
    alone = int((marked & ~copies).sum())
    rest = f"that {column} marks as copies and whose other strand is in no row, kept."
    result.note(alone, "row", rest, rows.where(int((marked & ~copies).argmax())) if alone else "")
    drop = result.choices.reverse_copies == "drop"
    count = int(copies.sum())
    told = f"{count:,} rows are reverse-complement copies of others{', left out' if drop else ''}."
    options = (("drop", "Leave copies out"), ("keep", "Keep copies"))
    evidence = f"The column {column} is not 0 there, and the other strand of each is among the rows"
    choice = result.choices.reverse_copies
    result.findings.append(Finding("copies", "swap_horiz", told, evidence, "reverse_copies", choice, options))
    if not drop:
        return rows
    rest = f"left out as reverse-complement copies ({column} is not 0)."
    result.note(count, "row", rest, rows.where(int(copies.argmax())))
    list_dropped(rows, np.flatnonzero(copies).tolist(), "a reverse-complement copy", roles, result)
    return rows.kept(~copies)


def _other_strand_stays(rows: Assembled, marked: Bool[np.ndarray, "N"]) -> Bool[np.ndarray, "N"]:
    """Whether the reverse complement of each row is one of the rows that are not marked, letter for letter."""
    pairs = list(zip(rows.sequences, marked.tolist(), strict=True))
    stays = {sequence.upper().replace("U", "T") for sequence, copy in pairs if not copy}
    found = [copy and sequence.upper().translate(_COMPLEMENT)[::-1] in stays for sequence, copy in pairs]
    return np.array(found, bool)


def without_bad_rows(
    rows: Assembled, clean: CleanSequences, targets: Targets, labels: Labels, roles: Roles, result: Interpretation
) -> tuple[Assembled, CleanSequences, Targets, Labels]:
    """Rows without any measurement go by themselves, as do rows whose cell says N/A where a class belongs; other bad
    rows where the person chose so.
    """
    reasons: dict[int, str] = {}
    if labels.task in ("regression", "tracks"):
        reasons = dict.fromkeys(np.flatnonzero(targets.without).tolist(), "no value of any target")
        place = rows.where(min(reasons)) if reasons else ""
        result.note(len(reasons), "row", "without a value of any target, left out.", place)
    elif labels.task in ("binary", "multiclass") and labels.columns:
        said = said_missing(rows.values(labels.columns[0]))
        if said and len(said) * 2 <= len(rows) and targets.without[said].all():
            reasons = dict.fromkeys(said, "no label, as the cell says")
            rest = f"whose cell in {labels.columns[0]} says that there is no label, left out."
            result.note(len(said), "row", rest, rows.where(said[0]))
    if result.choices.bad_rows == "drop":
        bad = dict(clean.bad)
        if labels.task != "unlabelled":
            bad = dict.fromkeys(np.flatnonzero(targets.without).tolist(), "no label") | dict(targets.odd) | bad
        bad = {row: reason for row, reason in bad.items() if row not in reasons}
        kinds: dict[str, list[int]] = {}
        for row, reason in bad.items():
            kinds.setdefault(_kind(reason), []).append(row)
        for kind, members in kinds.items():
            result.note(len(members), "row", f"left out: {kind}.", rows.where(min(members)))
        reasons |= bad
    if not reasons:
        return rows, clean, targets, labels
    order = sorted(reasons)
    list_dropped(rows, order, [reasons[row] for row in order], roles, result)
    keep = np.ones(len(rows), bool)
    keep[list(reasons)] = False
    if not keep.any():
        raise DataError(
            "No row is left once those without a label are taken out.",
            where=rows.where(0),
            fix="Choose another label column (`--label-column`).",
        )
    kept = rows.kept(keep)
    letters = _kept_letters(clean, keep, kept.sequences)
    return kept, letters, _kept_targets(targets, keep), _kept_labels(labels, keep)


def _kind(reason: str) -> str:
    """A reason without the words of its one row, so that rows can be counted by reason."""
    if reason.startswith("'"):
        return "a value" + reason[reason.rindex("'") + 1 :]
    return "another number of labels than of letters" if reason.startswith("The row has") else reason


def _kept_letters(clean: CleanSequences, keep: Bool[np.ndarray, "N"], raw: Sequence[str]) -> CleanSequences:
    """The letters of the rows that are kept, counted anew; ``raw`` are these rows as they were brought."""
    sequences = [s for s, kept in zip(clean.sequences, keep.tolist(), strict=True) if kept]
    with_unknown = sum(clean.unknown in sequence for sequence in sequences)
    lower = sum(sequence != sequence.upper() for sequence in raw)
    plain = len(sequences) - with_unknown
    return replace(clean, sequences=sequences, bad={}, plain=plain, lower=lower, with_unknown=with_unknown)


def _kept_targets(targets: Targets, keep: Bool[np.ndarray, "N"]) -> Targets:
    places = np.cumsum(keep) - 1
    odd = tuple((int(places[row]), what) for row, what in targets.odd if keep[row])
    bins = tuple(one for one, stays in zip(targets.bins, keep.tolist(), strict=True) if stays) if targets.bins else ()
    return replace(targets, values=targets.values[keep], without=targets.without[keep], odd=odd, bins=bins)


def _kept_labels(labels: Labels, keep: Bool[np.ndarray, "N"]) -> Labels:
    stays = keep.tolist()
    written = tuple(tuple(v for v, kept in zip(column, stays, strict=True) if kept) for column in labels.written)
    return replace(labels, written=written)


def list_dropped(
    rows: Assembled, members: Sequence[int], reason: str | Sequence[str], roles: Roles, result: Interpretation
) -> None:
    """Rows that are left out, and why: one reason for all, or one for each."""
    table_of = rows.table_of[list(members)].tolist()
    for number, table in enumerate(rows.tables):
        own = [place for place, one in enumerate(table_of) if one == number]
        why = reason if isinstance(reason, str) else [reason[place] for place in own]
        places = [int(rows.row_of[members[place]]) for place in own]
        result.dropped += dropped_rows(table, places, why, roles.names[number]) if own else []


def list_changed(rows: Assembled, clean: CleanSequences, roles: Roles, result: Interpretation) -> None:
    for row, what in clean.changed.items():
        table, at = rows.tables[int(rows.table_of[row])], int(rows.row_of[row])
        name = roles.names[int(rows.table_of[row])]
        shown = str(table.cells[name].iloc[at]) if name else ""
        result.changed.append((table.file.name, int(table.lines[at]), shown, what, rows.sequences[row]))
