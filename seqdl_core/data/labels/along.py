"""Labels that lie along a sequence: lists of numbers for its bins, and pairs of positions in dot-bracket form.

0 0 3 12.5 nan        numbers of the bins in their order; commas, semicolons and brackets may stand between them
((..[[.))]]           which positions pair: brackets of one kind nest, and those of another kind may cross them;
                      A pairs with a, B with b ... where four kinds are not enough
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Int64

from seqdl_core.data.checks import counted
from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.hints import runs_of_numbers
from seqdl_core.data.labels.questions import files_of
from seqdl_core.errors import DataError, UnknownName

__all__ = [
    "LONGEST_OF_PAIRS", "PAIRED", "STRUCTURE", "UNPAIRED", "bins_told", "columns_of_bins", "is_structure", "numbers_in",
    "odd_structures", "paired_or_not", "pairs_told", "partners", "residues_told", "structures_of", "width_of_bins",
]  # fmt: skip

STRUCTURE = "structure"
PAIRED, UNPAIRED = "P", "U"
LONGEST_OF_PAIRS = 2_000
"""Letters of the longest sequence whose pairs are learned: as a matrix they take 16 MB in single precision."""

_BETWEEN = str.maketrans("[](),;|", "       ")
_UNKNOWN = ("null", "none", "na", "n/a")
_OPENING = "([{<"
_CLOSING = ")]}>"


def columns_of_bins(rows: Assembled, wanted: str) -> tuple[str, ...]:
    """The columns with lists of numbers: those a person names, with ; between them, else all that hold such lists.

    Raises:
        UnknownName: a named column does not exist.
        DataError: there is none.
    """
    names = [str(name) for name in rows.cells.columns]
    if wanted:
        chosen = (wanted,) if wanted in names else tuple(part.strip() for part in wanted.split(";"))
        for name in chosen:
            if name not in names:
                raise UnknownName("column", name, names)
        return chosen
    found = tuple(name for name in names if runs_of_numbers(rows.values(name), rows.sequences))
    if not found:
        raise DataError(
            "Nothing gives each sequence a list of numbers.",
            where=files_of(rows),
            fix="Bring a bigWig or bedGraph file beside intervals and their genome, or a column with a list of numbers "
            "for each sequence; or choose another task (`--task`).",
        )
    return found


def numbers_in(cell: str) -> Float32[np.ndarray, " B"] | None:
    """The numbers that a cell lists, NaN for what is not known; None where it holds anything else."""
    words = cell.translate(_BETWEEN).split()
    try:
        return np.array(words, np.float32)
    except ValueError:
        pass
    try:
        return np.array(["nan" if word.lower() in _UNKNOWN else word for word in words], np.float32)
    except ValueError:
        return None


def width_of_bins(counts: Sequence[int], lengths: Sequence[int]) -> int:
    """The width that most rows say, in letters: as many letters as numbers make bins of 1; 0 where none fits."""
    told = [length // count for count, length in zip(counts, lengths, strict=True) if count and length % count == 0]
    return int(np.bincount(told).argmax()) if told else 0


def is_structure(text: str, sequence: str) -> bool:
    """Whether a cell tells of each letter whether and with which other it pairs."""
    return len(text) == len(sequence) > 0 and partners(text) is not None


def partners(text: str) -> Int64[np.ndarray, " L"] | None:
    """The place that each position pairs with, from 0, and -1 for none; None where brackets do not match.

    >>> partners("(.)")
    array([ 2, -1,  0])
    """
    found = np.full(len(text), -1, np.int64)
    open_: dict[str, list[int]] = {}
    for place, sign in enumerate(text):
        if sign in ".-_:,":
            continue
        kind = _OPENING.find(sign)
        if kind >= 0 or ("A" <= sign <= "Z"):
            open_.setdefault(_CLOSING[kind] if kind >= 0 else sign.lower(), []).append(place)
        elif open_.get(sign):
            first = open_[sign].pop()
            found[first], found[place] = place, first
        else:
            return None
    return None if any(open_.values()) else found


def structures_of(rows: Assembled) -> tuple[str, ...] | None:
    """The structures of all rows; None where there are none, or some are no dot-bracket strings.

    Empty cells are a row's own lack, and are asked about later.
    """
    if STRUCTURE not in rows.cells.columns:
        return None
    written = tuple(rows.values(STRUCTURE))
    pairs = zip(written, rows.sequences, strict=True)
    sound = all(not text or is_structure(text, sequence) for text, sequence in pairs)
    return written if sound and any(written) else None


def paired_or_not(structures: Sequence[str]) -> list[str]:
    """The class of each position: P where it pairs, U where it does not."""
    return [
        "".join(UNPAIRED if place < 0 else PAIRED for place in found.tolist())
        if (found := partners(text)) is not None
        else ""
        for text in structures
    ]


def odd_structures(structures: Sequence[str], sequences: Sequence[str]) -> list[tuple[int, str]]:
    """Rows whose pairs cannot be learned, each with what is wrong."""
    odd = []
    for row, (text, sequence) in enumerate(zip(structures, sequences, strict=True)):
        if text and len(text) != len(sequence):
            odd.append((row, f"The row has a structure of {len(text):,} signs for {len(sequence):,} letters"))
        elif text and partners(text) is None:
            odd.append((row, "The row has a structure whose brackets do not match"))
        elif len(sequence) > LONGEST_OF_PAIRS:
            told = f"The row has {len(sequence):,} letters; pairs are learned of at most {LONGEST_OF_PAIRS:,}"
            odd.append((row, told))
    return odd


def residues_told(written: Sequence[str], names: Sequence[str], *, structures: bool) -> str:
    """How many residues there are, and the share of each class."""
    letters = Counter("".join(written))
    total = sum(count for letter, count in letters.items() if letter != ".")
    shares = ", ".join(f"{letter} {letters[letter] / max(total, 1):.0%}" for letter in names).replace("%", " %")
    unmeasured = f"; {letters['.']:,} not measured" if letters["."] else ""
    read = "; P pairs and U does not, as the structures say" if structures else ""
    return f"{total:,} residues: {shares}{unmeasured}{read}"


def bins_told(bins: Sequence[Float32[np.ndarray, " _"]]) -> str:
    """How many values there are, from which to which."""
    every = np.concatenate([*bins, np.zeros(0, np.float32)])
    known = every[np.isfinite(every)]
    shown = f", {known.min():.4g} to {known.max():.4g}" if known.size else ""
    unmeasured = len(every) - len(known)
    return counted(len(every), "value") + shown + (f"; {unmeasured:,} not measured" if unmeasured else "")


def pairs_told(structures: Sequence[str]) -> str:
    """How many pairs there are."""
    pairs = sum(int((found >= 0).sum()) // 2 for text in structures if (found := partners(text)) is not None)
    return f"{counted(pairs, 'pair')} in {counted(len(structures), 'structure')}"
