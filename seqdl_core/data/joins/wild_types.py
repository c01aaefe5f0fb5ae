"""The sequence that mutants differ from: brought, named, or put together from what the mutants say about it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from seqdl_core.data.choices import ImportChoices
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.sequences.columns import means_wild_type
from seqdl_core.sequences.mutations import Substitution
from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.readers._chains import STRUCTURES
from seqdl_core.sequences.vocabulary import means_sequence

__all__ = ["UNNAMED", "Frame", "Source", "bring_wild_type", "first_positions", "rebuild", "same_letter", "with_named"]

_LETTERS = re.compile(r"[A-Za-z*]{2,}")
_LEAST_COVERED = 0.9
_LONGEST = 100_000
_SHORTEST_NAMED = 10
_NUCLEOTIDES = frozenset("ACGTUN")
UNNAMED = "?"
"""A letter of the wild type that nothing says."""


@dataclass(frozen=True)
class Source:
    """A wild type that was brought, ``letters`` being empty where none was; ``told`` says from where."""

    letters: str = ""
    told: str = ""
    used: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """A wild type, and the number that people give to its first letter.

    ``alike`` are all numbers of the first letter under which the mutants agree equally well, ``first`` among them;
    empty where there is one only, or where it was chosen.
    """

    letters: str
    first: int
    told: str
    used: tuple[str, ...] = ()
    alike: tuple[int, ...] = ()

    @property
    def nucleic(self) -> bool:
        """Whether it is DNA or RNA."""
        return set(self.letters) <= _NUCLEOTIDES


def bring_wild_type(
    table: RawTable, tables: Sequence[RawTable], choices: ImportChoices, changes: Sequence[Substitution]
) -> Source:
    """The wild type that was named or brought: typed, in a column, alone in a file, or a chain of a structure.

    Structures among ``tables`` make no rows of their own, whichever of these it is. Of a structure's chains it is the
    one with which most of the ``changes`` agree.

    Raises:
        UnknownName: the person names a file that is not there.
        DataError: the column or the file holds several sequences, or what was named is no sequence.
    """
    structures = tuple(other.file.name for other in tables if other.layout in STRUCTURES)
    found = _brought(table, tables, choices, changes)
    return replace(found, used=tuple(dict.fromkeys([*found.used, *structures])))


def _brought(
    table: RawTable, tables: Sequence[RawTable], choices: ImportChoices, changes: Sequence[Substitution]
) -> Source:
    wanted = choices.wild_type.strip()
    files = {other.file.name: other for other in tables if other is not table and _has_sequences(other)}
    if wanted:
        if wanted in files:
            return _of_file(files[wanted], changes)
        letters = re.sub(r"[\s\d]", "", wanted).rstrip("*")
        if UNNAMED in letters and _LETTERS.fullmatch(letters.replace(UNNAMED, "X")):
            unknown = letters.count(UNNAMED)
            raise DataError(
                f"The wild type has {unknown:,} unknown letter{'' if unknown == 1 else 's'}, written {UNNAMED}.",
                where="wild type",
                fix=f"Put the letter in the place of each {UNNAMED}.",
            )
        if not _LETTERS.fullmatch(letters):
            if files:
                raise UnknownName("file with a wild type", wanted, files)
            raise DataError(
                f"'{wanted[:60]}' is no sequence.", where="wild type", fix="Give letters, or the name of a file."
            )
        return Source(letters.upper(), "what was typed")
    for column in map(str, table.cells.columns):
        values = set(table.cells[column]) - {""}
        long = min(map(len, values), default=0) >= _SHORTEST_NAMED
        if not (means_wild_type(column) or (means_sequence(column) and len(values) == 1 and long)):
            continue
        if not all(_LETTERS.fullmatch(value) for value in values):
            continue
        if len(values) > 1:
            raise DataError(
                f"The column {column} holds {len(values):,} wild types; mutants of one sequence are read at a time.",
                where=table.file.name,
                fix="Bring one file for each wild type.",
            )
        if values:
            return Source(values.pop().upper().rstrip("*"), f"the column {column}")
    structures = [other for other in files.values() if other.layout in STRUCTURES]
    single = [other for other in files.values() if len(other) == 1 and other.layout not in STRUCTURES]
    for brought in (single, structures):
        if len(brought) == 1:
            return _of_file(brought[0], changes)
    return Source()


def _of_file(file: RawTable, changes: Sequence[Substitution]) -> Source:
    name = file.file.name
    return _chain(file, changes) if file.layout in STRUCTURES else Source(_only(file), f"the file {name}", (name,))


def _chain(structure: RawTable, changes: Sequence[Substitution]) -> Source:
    """The chain of a structure with which most changes agree.

    Raises:
        DataError: several different chains agree equally well.
    """
    letters = structure.cells["sequence"].tolist()
    agreeing = [max(_votes(one, changes).values(), default=0) for one in letters]
    best = max(agreeing)
    chains = [row for row, count in enumerate(agreeing) if count == best]
    name = structure.file.name
    if len(chains) > 1:
        raise DataError(
            f"{len(chains)} chains of the structure agree equally well with the mutants.",
            where=name,
            fix="Type the letters of the wild type, or bring it as a FASTA file with one sequence.",
        )
    [row] = chains
    told = f"{structure.cells['name'].iloc[row]} of {name} ({structure.cells['records'].iloc[row]} records)"
    return Source(letters[row], told, (name,))


def first_positions(letters: str, changes: Iterable[Substitution]) -> tuple[int, ...]:
    """The numbers of the first letter under which most named letters agree; none where no letter agrees.

    Several fit equally where mutants are at few positions, whose letters occur at the same distances elsewhere. 1 comes
    first, then the others in order.
    """
    votes = _votes(letters, changes)
    most = max(votes.values(), default=0)
    return tuple(
        sorted((first for first, count in votes.items() if count == most), key=lambda first: (first != 1, first))
    )


def _votes(letters: str, changes: Iterable[Substitution]) -> Counter[int]:
    """How many named letters agree under each number of the first letter."""
    places: dict[str, list[int]] = {}
    for place, letter in enumerate(letters[:_LONGEST]):
        places.setdefault(letter.replace("U", "T"), []).append(place)
    votes: Counter[int] = Counter()
    for (wild, position), count in Counter((change.wild, change.position) for change in changes).items():
        for place in places.get(wild.replace("U", "T"), ()):
            votes[position - place] += count
    return votes


def with_named(letters: str, first: int, changes: Iterable[Substitution]) -> tuple[str, int]:
    """The letters with each X replaced by the letter that most mutants name there; how many were replaced.

    A structure does not show all residues, and those who made the mutants knew them.
    """
    named: dict[int, Counter[str]] = {}
    for change in changes:
        place = change.position - first
        if 0 <= place < len(letters) and letters[place] == "X" and change.wild not in ("", "X"):
            named.setdefault(place, Counter())[change.wild] += 1
    known = list(letters)
    for place, votes in named.items():
        known[place] = votes.most_common(1)[0][0]
    return "".join(known), len(named)


def rebuild(changes: Sequence[Substitution], where: str, first: str = "") -> Frame:
    """Put the wild type together from the letters that mutants name, where they name nearly every position of a range.

    Returns:
        the wild type with :data:`UNNAMED` at each position that no mutant names, which only the person can fill in.

    Raises:
        DataError: where more than a tenth of the positions is unknown, or letters contradict one another.
    """
    named: dict[int, Counter[str]] = {}
    for (position, wild), count in Counter((change.position, change.wild) for change in changes).items():
        if wild:
            named.setdefault(position, Counter())[wild] += count
    fix = "Bring the wild type as a FASTA file with one sequence beside the table, or type its letters."
    if not named:
        raise DataError("The mutants do not say which letters they differ from.", where=where, fix=fix)
    low, high = min(named), max(named)
    span = high - low + 1
    if len(named) < _LEAST_COVERED * span:
        raise DataError(
            f"The wild type is not known: the mutants name {len(named):,} of the {span:,} positions from {low:,} to "
            f"{high:,}.",
            where=where,
            fix=fix,
        )
    letters = "".join(
        named[position].most_common(1)[0][0] if position in named else UNNAMED for position in range(low, high + 1)
    )
    if first.strip() and first.strip() != str(low):
        raise DataError(
            f"The wild type is put together from the mutants, which begin at {low:,}.",
            where="first position",
            fix=f"Bring the wild type, or leave the first position at {low:,}.",
        )
    return Frame(letters, low, f"the mutants, which name all {span:,} positions")


def same_letter(first: str, second: str) -> bool:
    """Whether two letters mean the same; T and U do, and an unknown letter agrees with any."""
    return first == second or {first, second} <= {"T", "U"} or "X" in (first, second)


def _has_sequences(table: RawTable) -> bool:
    return table.kind == "sequences" and bool(table.sequence_column)


def _only(table: RawTable) -> str:
    if len(table) != 1:
        raise DataError(
            f"The file holds {len(table):,} sequences; a wild type is one.",
            where=table.file.name,
            fix="Bring a file with the wild type alone, or type its letters.",
        )
    letters = str(table.cells[table.sequence_column].iloc[0]).upper().rstrip("*")
    if not _LETTERS.fullmatch(letters):
        raise DataError("The wild type is no plain sequence.", where=table.where(0), fix="Write it in letters.")
    return letters
