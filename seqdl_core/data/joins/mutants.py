"""From mutants to sequences: which letters they differ from, where the counting begins, and each mutant spelled out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from seqdl_core.data.checks import counted
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding
from seqdl_core.data.joins.building import Built, DroppedRow, dropped_rows
from seqdl_core.data.joins.wild_types import (
    UNNAMED,
    Frame,
    Source,
    bring_wild_type,
    first_positions,
    rebuild,
    same_letter,
    with_named,
)
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.mutations import Mutant, Substitution, read_mutant
from seqdl_core.sequences.readers import NoticeRecord, RawTable, notice

__all__ = ["build_mutants", "frame_of_sequences", "without_stops"]

_MOST_DISAGREEING = 0.02
_MOST_UNREAD = 0.5
_LISTED = 5
_NUMBERS_LISTED = 8
_LOOKED_AT = 50
_INDEL = "with inserted, deleted or shifted letters, left out."
_STOP = "with a stop codon, left out: what follows the stop is not made."
_SILENT = "named synonymous, read as the wild type."


@dataclass(frozen=True)
class _Sorted:
    """The rows by what their names say."""

    mutants: list[Mutant]
    unread: list[int]
    indels: list[int]
    readable: list[int]


def build_mutants(table: RawTable, tables: Sequence[RawTable], choices: ImportChoices) -> Built:
    """Spell out every mutant of a table of the kind ``mutants``.

    The wild type is, in this order: the one that the person names, a column of the table that repeats it, a file with
    one sequence among ``tables``, a chain of a structure, or what the mutants themselves say about every position they
    change. Where the numbering begins is found by where their letters agree with it.

    Returns:
        the columns ``sequence`` and ``mutant`` and the table's other columns; the table as it was, with problems, where
        the mutants cannot be spelled out.
    """
    sorted_ = _sort(table.cells["mutant"].tolist())
    if len(sorted_.unread) > _MOST_UNREAD * len(table):
        row = sorted_.unread[0]
        problem = DataError(
            f"'{table.cells['mutant'].iloc[row][:60]}' is not a mutant that can be read; {len(sorted_.unread) - 1:,} "
            "further rows are not either.",
            where=table.where(row),
            fix="Write A24P, A1P:D2N, p.Ala24Pro or c.70G>C, and WT for the wild type.",
        )
        return Built(table, problems=(problem,))
    try:
        changes = [change for row in sorted_.readable for change in sorted_.mutants[row].substitutions]
        source = bring_wild_type(table, tables, choices, changes)
        frame = _frame(source, table, changes, choices)
    except SeqDLError as problem:
        return Built(table, findings=(_asked(),), problems=(problem,))
    where = f"mutants of {table.file.name}"
    if UNNAMED in frame.letters:
        return Built(table, findings=(_asked(frame),), problems=(_unnamed(frame, where),))
    wrong = _disagreeing(sorted_, frame)
    findings = _about(frame, len(sorted_.readable), len(wrong))
    if frame.alike and frame.first != 1:
        return Built(table, findings, problems=(_several(frame, where),), used=frame.used)
    if len(wrong) > _MOST_DISAGREEING * len(sorted_.readable):
        return Built(table, findings, problems=(_disagreement(table, sorted_.mutants, wrong, frame),), used=frame.used)
    return _spell_out(table, sorted_, set(wrong), frame, findings)


def frame_of_sequences(sequences: Sequence[str], names: Sequence[str]) -> tuple[str, int] | None:
    """The wild type and its first position for sequences that came with their mutants' names; None where they disagree.

    Each sequence with its changes undone is the wild type.
    """
    length = len(sequences[0]) if sequences else 0
    if any(len(sequence) != length for sequence in sequences):
        return None
    mutants = [read_mutant(name) for name in names]
    rows = [row for row, mutant in enumerate(mutants) if mutant.meaning == "substitutions" and not mutant.stops]
    if not length or not rows:
        return None
    votes: list[Counter[str]] = [
        Counter(letters) for letters in zip(*(sequences[row] for row in rows[:2000]), strict=True)
    ]
    consensus = "".join(vote.most_common(1)[0][0] for vote in votes)
    changes = [change for row in rows for change in mutants[row].substitutions]
    alike = first_positions(consensus, changes)
    if not alike:
        return None
    some = [(sequences[row].upper(), mutants[row].substitutions) for row in rows[:_LOOKED_AT]]
    found = max(alike, key=lambda first: sum(_written(letters, made, first) for letters, made in some))
    undone: Counter[str] = Counter()
    for row in rows:
        letters = list(sequences[row].upper())
        for change in mutants[row].substitutions:
            place = change.position - found
            if not 0 <= place < length or not same_letter(letters[place], change.letter):
                break
            letters[place] = change.wild or consensus[place]
        else:
            undone["".join(letters)] += 1
    if not undone:
        return None
    wild, count = undone.most_common(1)[0]
    return (wild, found) if count >= (1 - _MOST_DISAGREEING) * len(rows) else None


def _written(letters: str, changes: Sequence[Substitution], first: int) -> bool:
    """Whether a mutant's letters are what its name says, counted from ``first``."""
    return all(letters[change.position - first : change.position - first + 1] == change.letter for change in changes)


def without_stops(table: RawTable, column: str) -> tuple[RawTable, list[NoticeRecord], list[DroppedRow]]:
    """The table without the rows whose mutant, named in ``column``, has a stop codon, where sequences come with names.

    Such sequences are cut short or hold a ``*``, so that they would look alike or be no proteins.
    """
    stops = [row for row, name in enumerate(table.cells[column].tolist()) if read_mutant(name).stops]
    if not stops or len(stops) == len(table):
        return table, [], []
    keep = np.ones(len(table), bool)
    keep[stops] = False
    told = notice(len(stops), "row", _STOP, table.where(stops[0]))
    left = replace(table, cells=table.cells[keep].reset_index(drop=True), lines=table.lines[keep], features=())
    return left, [told], dropped_rows(table, stops, f"row {_STOP}", column)


def _sort(names: list[str]) -> _Sorted:
    known = {name: read_mutant(name) for name in set(names)}
    mutants = [known[name] for name in names]
    rows = range(len(names))
    return _Sorted(
        mutants,
        [row for row in rows if mutants[row].meaning == "other"],
        [row for row in rows if mutants[row].meaning == "indel"],
        [row for row in rows if mutants[row].meaning in ("substitutions", "wild type", "synonymous")],
    )


def _frame(source: Source, table: RawTable, changes: Sequence[Substitution], choices: ImportChoices) -> Frame:
    where = f"mutants of {table.file.name}"
    if not source.letters:
        return replace(rebuild(changes, where, choices.first_position), used=source.used)
    if choices.first_position.strip():
        try:
            first = int(choices.first_position)
        except ValueError:
            raise DataError(
                f"'{choices.first_position[:60]}' is not a position.",
                where="first position",
                fix="Give a whole number.",
            ) from None
        return Frame(source.letters, first, source.told, source.used)
    alike = first_positions(source.letters, changes)
    if not alike:
        raise DataError(
            "No numbering makes the mutants agree with the wild type.",
            where=where,
            fix="Bring the sequence that was mutated, in the letters that the mutants name.",
        )
    letters, replaced = with_named(source.letters, alike[0], changes)
    more = f"; {counted(replaced, 'letter')} that it does not tell as the mutants name them" if replaced else ""
    return Frame(letters, alike[0], source.told + more, source.used, alike if len(alike) > 1 else ())


def _disagreeing(rows: _Sorted, frame: Frame) -> list[int]:
    """The rows that name a letter which the wild type does not have at that position."""
    changes = {change for row in rows.readable for change in rows.mutants[row].substitutions}
    known = {change: _agrees(change, frame) for change in changes}
    return [row for row in rows.readable if not all(known[change] for change in rows.mutants[row].substitutions)]


def _agrees(change: Substitution, frame: Frame) -> bool:
    place = change.position - frame.first
    inside = 0 <= place < len(frame.letters)
    return inside and (not change.wild or same_letter(frame.letters[place], change.wild))


def _disagreement(table: RawTable, mutants: list[Mutant], wrong: list[int], frame: Frame) -> DataError:
    row = wrong[0]
    change = next(change for change in mutants[row].substitutions if not _agrees(change, frame))
    place = change.position - frame.first
    inside = 0 <= place < len(frame.letters)
    has = f"the wild type has {frame.letters[place]} there" if inside else "the wild type has no such position"
    what = f"The mutant names {change.wild or 'a letter'} at {change.position}, but {has}"
    more = f"; {len(wrong) - 1:,} further mutants disagree too" if len(wrong) > 1 else ""
    return DataError(
        f"{what}{more} (numbering from {frame.first}).",
        where=table.where(row),
        fix="Bring the sequence that was mutated as the wild type, or correct the first position.",
    )


def _spell_out(table: RawTable, rows: _Sorted, wrong: set[int], frame: Frame, findings: tuple[Finding, ...]) -> Built:
    nucleic = frame.nucleic
    unknown = "N" if nucleic else "X"
    spelling = str.maketrans("T", "U") if "U" in frame.letters else str.maketrans("U", "T")
    first = frame.first
    wild = list(frame.letters)
    sequences: list[str] = []
    kept: list[int] = []
    stops = [row for row in rows.readable if row not in wrong and rows.mutants[row].stops]
    unclear = [
        row
        for row in rows.readable
        if row not in wrong and any(change.letter == unknown for change in rows.mutants[row].substitutions)
    ]
    gone = {*wrong, *stops, *unclear}
    for row in rows.readable:
        if row in gone:
            continue
        letters = wild.copy()
        for change in rows.mutants[row].substitutions:
            letter = change.letter.translate(spelling) if nucleic else change.letter
            letters[change.position - first] = letter
        sequences.append("".join(letters))
        kept.append(row)
    others = [name for name in table.cells.columns if name != "mutant" and not _repeats(table, str(name), frame)]
    cells = table.cells[["mutant", *others]].iloc[kept].reset_index(drop=True)
    if "sequence" in others:
        cells = cells.rename(columns={"sequence": "sequence of the file"})
    cells.insert(0, "sequence", pd.Series(sequences, dtype=str))
    reasons = (
        (rows.unread, "whose mutant cannot be read, left out."),
        (rows.indels, _INDEL),
        (sorted(wrong), "whose mutant disagrees with the wild type, left out."),
        (stops, _STOP),
        (sorted(set(unclear) - set(stops)), f"with a change to {unknown}, any letter, left out."),
    )
    notices = [notice(len(out), "row", why, table.where(out[0])) for out, why in reasons if out]
    if frame.alike:
        rest = "that agree equally well with the wild type (its first letter is "
        rest += f"{_numbers(frame.alike)}), the one from 1 used."
        fix = "If another is meant, give the first position (`--first-position`)."
        notices.append(notice(len(frame.alike), "numbering", rest, f"mutants of {table.file.name}", fix))
    dropped = [one for out, why in reasons for one in dropped_rows(table, out, f"row {why}", "mutant")]
    silent = [row for row in kept if rows.mutants[row].meaning == "synonymous"]
    if silent:
        notices.append(notice(len(silent), "mutant", _SILENT, table.where(silent[0])))
    names = cells["mutant"]
    built = replace(
        table,
        kind="sequences",
        cells=cells,
        lines=table.lines[np.array(kept, np.int64)],
        sequence_column="sequence",
        name_column="mutant" if names.nunique() == len(names) else "",
    )
    return Built(
        built,
        findings,
        tuple(notices),
        dropped=tuple(dropped),
        used=frame.used,
        wild_type=frame.letters,
        first_position=frame.first,
        alphabet="" if nucleic else "protein",
    )


def _repeats(table: RawTable, column: str, frame: Frame) -> bool:
    """Whether a column says the wild type again on every row."""
    values = table.cells[column]
    return bool(values.nunique() == 1 and str(values.iloc[0]).upper().rstrip("*") == frame.letters)


def _about(frame: Frame, total: int, wrong: int) -> tuple[Finding, ...]:
    unit = "nucleotides" if frame.nucleic else "residues"
    agreeing = (
        f"{total - wrong:,} of {counted(total, 'mutant')} {'agrees' if total == 1 else 'agree'} with the wild type"
    )
    wild = Finding(
        "wild type",
        "fingerprint",
        f"The wild type has {len(frame.letters):,} {unit} and comes from {frame.told}.",
        f"{agreeing}; {frame.letters[:10]}…{frame.letters[-5:]}",
        "wild_type",
        frame.letters,
        (),
    )
    last = frame.first + len(frame.letters) - 1
    sentence, value = f"Numbering begins at {frame.first:,} and ends at {last:,}.", str(frame.first)
    if frame.alike and frame.first == 1:
        agreeing += f"; so they do where its first letter is {_numbers(frame.alike[1:])}"
    elif frame.alike:
        agreeing += f" where its first letter is {_numbers(frame.alike)}"
        sentence, value = "Where the numbering begins is not known.", ""
    return wild, Finding("numbering", "tag", sentence, agreeing, "first_position", value, ())


def _numbers(alike: Sequence[int]) -> str:
    """``1, 10 or 13``."""
    *shown, last = [f"{first:,}" for first in alike]
    if len(shown) > _NUMBERS_LISTED:
        shown, last = shown[:_NUMBERS_LISTED], f"one of {len(alike) - _NUMBERS_LISTED:,} further"
    return f"{', '.join(shown)} or {last}" if shown else last


def _several(frame: Frame, where: str) -> DataError:
    return DataError(
        f"{len(frame.alike):,} numberings agree equally well with the wild type: its first letter is "
        f"{_numbers(frame.alike)}.",
        where=where,
        fix="Give the number of the wild type's first letter (`--first-position`), or bring mutants of more positions.",
    )


def _asked(frame: Frame | None = None) -> Finding:
    """A box for the wild type, with what the mutants say about it."""
    sentence, begin, letters = "The wild type is not known.", "Type its letters", ""
    if frame is not None:
        sentence, begin, letters = (
            "The wild type is known in part.",
            f"Put the letter in the place of each {UNNAMED}",
            frame.letters,
        )
    evidence = f"{begin}, or bring it as a FASTA file with one sequence"
    return Finding("wild type", "fingerprint", sentence, evidence, "wild_type", letters, ())


def _unnamed(frame: Frame, where: str) -> DataError:
    places = [frame.first + place for place, letter in enumerate(frame.letters) if letter == UNNAMED]
    listed = ", ".join(f"{place:,}" for place in places[:_LISTED]) + (" ..." if len(places) > _LISTED else ".")
    number = "1 position" if len(places) == 1 else f"{len(places):,} positions"
    return DataError(
        f"No mutant names the wild type's letter at {number} of {len(frame.letters):,}: {listed}",
        where=where,
        fix="Bring the wild type as a FASTA file with one sequence beside the table, or type it with a letter in the "
        f"place of each {UNNAMED} (`--wild-type {frame.letters}`).",
    )
