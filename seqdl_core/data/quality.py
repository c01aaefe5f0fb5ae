"""What a data set is like before anything is trained: lengths, letters, copies, contradictions, balance.

Numbers only; the Quality page and the command draw them. A *class* here is a label of binary or multiclass data;
regression is looked at in its lower and upper half, everything else as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64
from numpy.typing import NDArray

from seqdl_core.data.dataset import SPLITS, DatasetInfo, label_columns
from seqdl_core.data.dataset_info import WITHOUT_NUMBER
from seqdl_core.data.parts.by_letters import strand_free
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named, encode_all

MOST_POSITIONS = 300
"""Positions whose letters are counted, from the start of the sequences."""

MOST_CLASSES = 12
"""Classes that are looked at one by one, the most frequent first."""

ALIGNED = 0.6
"""Sequences of one length whose :func:`agreement` is at least this are aligned, as the mutants of one sequence are."""

_REACHED_BY = 50
"""A position counts where at least one in so many sequences of the class reaches it: the few longest say nothing."""

_BINS = 40
_EXAMPLES = 20


@dataclass(frozen=True, eq=False)
class Spread:
    """A histogram by class: ``counts[c, b]`` values of class ``c`` from ``edges[b]`` to ``edges[b + 1]``."""

    edges: Float64[np.ndarray, " edges"]
    counts: Int64[np.ndarray, "C bins"]
    medians: Float64[np.ndarray, " C"]


@dataclass(frozen=True)
class Contradiction:
    """Rows with one sequence (or, on DNA, its other strand) and different labels; ``spread`` is of measured values."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    spread: float


@dataclass(frozen=True, eq=False)
class Quality:
    """The figures of a data set.

    Attributes:
        rows: how many.
        classes: names of the C classes that are looked at one by one.
        sizes: rows of each.
        lengths: in letters.
        gc: the share of known letters that are G or C; None for proteins.
        letters: the alphabet's letters, and the unknown letter behind them.
        composition: ``(C, A + 1)`` shares of all letters.
        positions: ``(C, A, L)`` shares of the known letters at each of the first positions; NaN where hardly any
            sequence of the class reaches.
        repeated: rows whose sequence occurred before; ``turned`` those that occurred before on the other strand only.
        contradictions: how many sequences have rows with different labels, ``contradicting`` how many rows these are,
            and the first ``examples``, the widest spread first.
        replicate_spread: for measured values, the median standard deviation of repeats, and of all values, as a share
            of which it should be small; None without repeats.
        unknown_rows, unknown_letters: rows with an unknown letter, and how many letters that is.
        blank: rows without a known letter.
        balance: rows by part of the split (index) and class (column).
        targets: the histogram of measured values by part of the split (train, validation, test); None otherwise.
    """

    rows: int
    classes: tuple[str, ...]
    sizes: tuple[int, ...]
    lengths: Spread
    gc: Spread | None
    letters: str
    composition: Float64[np.ndarray, "C letters"]
    positions: Float64[np.ndarray, "C A L"]
    repeated: int
    turned: int
    contradictions: int
    contradicting: int
    examples: tuple[Contradiction, ...]
    replicate_spread: tuple[float, float] | None
    unknown_rows: int
    unknown_letters: int
    blank: int
    balance: pd.DataFrame
    targets: Spread | None


def assess(table: pd.DataFrame, info: DatasetInfo) -> Quality:
    """Measure the rows of a data set."""
    alphabet = alphabet_named(info.alphabet)
    sequences = table["sequence"].tolist()
    class_of, classes = _classes(table, info)
    sizes = tuple(int((class_of == number).sum()) for number in range(len(classes)))
    counts = _letter_counts(sequences, alphabet)
    known = counts[:, : alphabet.size].sum(axis=1)
    lengths = np.array([len(sequence) for sequence in sequences], np.float64)
    gc = None
    if alphabet.complement:
        strong = counts[:, alphabet.letters.index("G")] + counts[:, alphabet.letters.index("C")]
        gc = _spread(np.where(known > 0, strong / np.maximum(known, 1), np.nan), class_of, len(classes), (0.0, 1.0))
    unknown = counts[:, alphabet.size]
    composition = np.zeros((len(classes), alphabet.size + 1))
    for number in range(len(classes)):
        inside = counts[class_of == number].sum(axis=0)
        composition[number] = inside / max(1.0, float(inside.sum()))
    repeated, turned = _repeats(sequences, alphabet)
    number, rows, examples, spread = _contradictions(table, info, alphabet)
    return Quality(
        rows=len(table),
        classes=classes,
        sizes=sizes,
        lengths=_spread(lengths, class_of, len(classes)),
        gc=gc,
        letters=alphabet.letters + alphabet.unknown,
        composition=composition,
        positions=_positions(sequences, alphabet, class_of, len(classes)),
        repeated=repeated,
        turned=turned,
        contradictions=number,
        contradicting=rows,
        examples=examples,
        replicate_spread=spread,
        unknown_rows=int((unknown > 0).sum()),
        unknown_letters=int(unknown.sum()),
        blank=int((known == 0).sum()),
        balance=_balance(table, class_of, classes),
        targets=_targets(table, info),
    )


def quality_sentences(quality: Quality, info: DatasetInfo) -> tuple[str, ...]:
    """What deserves a look, in words; nothing is said about what is as it should be."""
    told = []
    if quality.blank:
        told.append(f"{_rows(quality.blank)} without a single known letter: nothing can be learned from them.")
    if quality.repeated:
        turned = f", {quality.turned:,} of them on the other strand" if quality.turned else ""
        told.append(f"{_rows(quality.repeated)} with a sequence that occurred before{turned}.")
    if quality.contradictions:
        what = "sequence has" if quality.contradictions == 1 else "sequences have"
        told.append(f"{quality.contradictions:,} {what} different labels in {_rows(quality.contradicting)}.")
    if quality.replicate_spread is not None:
        inner, outer = quality.replicate_spread
        told.append(
            f"Repeats of a sequence differ by a standard deviation of {inner:.3g} (median) where all values differ by "
            f"{outer:.3g}."
        )
    if quality.gc is not None and len(quality.classes) > 1 and info.task != "regression":
        medians = quality.gc.medians
        low, high = int(np.nanargmin(medians)), int(np.nanargmax(medians))
        if medians[high] - medians[low] >= 0.05:
            told.append(
                f"The classes differ in GC: the median is {100 * medians[low]:.0f} % in {quality.classes[low]} and "
                f"{100 * medians[high]:.0f} % in {quality.classes[high]}."
            )
    lengths = quality.lengths.medians
    if len(lengths) > 1 and info.task != "regression" and np.nanmax(lengths) > 1.1 * np.nanmin(lengths):
        low, high = int(np.nanargmin(lengths)), int(np.nanargmax(lengths))
        told.append(
            f"The classes differ in length: the median is {lengths[low]:,.0f} in {quality.classes[low]} and "
            f"{lengths[high]:,.0f} in {quality.classes[high]}."
        )
    return tuple(told)


def agreement(shares: Float64[np.ndarray, "*C A L"]) -> float:
    """How often two sequences have the same letter at a position, the mean over classes and positions."""
    same = (shares**2).sum(axis=-2)
    return float(np.nanmean(same)) if np.isfinite(same).any() else 0.0


def _classes(table: pd.DataFrame, info: DatasetInfo) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """A class per row (-1 for a class that is not looked at), and the names."""
    labels = table["label"].to_numpy(np.float64)
    if info.task == "regression" and np.isfinite(labels).any():
        middle = float(np.nanmedian(labels))
        upper = np.where(np.isfinite(labels), labels > middle, -1).astype(np.int64)
        value = f"{middle:.3g}".replace("-", "−")
        return upper, (f"up to {value}", f"above {value}")
    if info.task in ("binary", "multiclass"):
        found, counts = np.unique(labels[np.isfinite(labels)], return_counts=True)
        shown = np.sort(found[np.argsort(-counts, kind="stable")[:MOST_CLASSES]])
        class_of = np.full(len(labels), -1, np.int64)
        for number, value in enumerate(shown.tolist()):
            class_of[labels == value] = number
        return class_of, tuple(_label_name(value, info) for value in shown.tolist())
    return np.zeros(len(table), np.int64), ("all",)


def _label_name(value: float, info: DatasetInfo) -> str:
    place = int(value)
    return info.label_names[place] if 0 <= place < len(info.label_names) else f"{value:g}"


def _letter_counts(sequences: Sequence[str], alphabet: Alphabet) -> Float64[np.ndarray, "N letters"]:
    """How often each letter, and behind them the unknown one, occurs in each sequence."""
    letters = alphabet.letters + alphabet.unknown
    return np.array([[sequence.count(letter) for letter in letters] for sequence in sequences], np.float64).reshape(
        len(sequences), len(letters)
    )


def _spread(
    values: NDArray[np.float64], class_of: NDArray[np.int64], classes: int, limits: tuple[float, float] | None = None
) -> Spread:
    known = values[np.isfinite(values)]
    low, high = limits or ((float(known.min()), float(known.max())) if len(known) else (0.0, 1.0))
    if high <= low:
        low, high = low - 0.5, high + 0.5
    whole = len(known) > 0 and bool((known == np.round(known)).all()) and limits is None
    bins = int(min(_BINS, max(1, np.ceil(high) - np.floor(low) + 1))) if whole else _BINS
    edges = np.linspace(low, high, bins + 1)
    if whole and high - low < _BINS:
        edges = np.arange(np.floor(low), np.ceil(high) + 2) - 0.5
    counts = np.zeros((classes, len(edges) - 1), np.int64)
    medians = np.full(classes, np.nan)
    for number in range(classes):
        own = values[(class_of == number) & np.isfinite(values)]
        counts[number] = np.histogram(own, edges)[0]
        medians[number] = float(np.median(own)) if len(own) else np.nan
    return Spread(edges, counts, medians)


def _positions(
    sequences: Sequence[str], alphabet: Alphabet, class_of: NDArray[np.int64], classes: int
) -> Float64[np.ndarray, "C A L"]:
    used = min(MOST_POSITIONS, max(map(len, sequences), default=0))
    codes = encode_all([sequence[:used] for sequence in sequences], alphabet, used)
    shares = np.full((classes, alphabet.size, used), np.nan)
    for number in range(classes):
        own = codes[class_of == number]
        counts = np.stack([(own == letter).sum(axis=0) for letter in range(alphabet.size)]).astype(np.float64)
        known = counts.sum(axis=0)
        enough = known >= max(1, len(own) / _REACHED_BY)
        shares[number] = np.where(enough, counts / np.maximum(known, 1), np.nan)
    return shares


def _repeats(sequences: Sequence[str], alphabet: Alphabet) -> tuple[int, int]:
    """Rows whose sequence came before, and those of which only the other strand did."""
    keys = strand_free(sequences, alphabet)
    before: set[str] = set()
    met: set[str] = set()
    repeated = turned = 0
    for sequence, key in zip(sequences, keys, strict=True):
        if sequence.strip(alphabet.unknown):
            if key in met:
                repeated += 1
                turned += sequence not in before
            before.add(sequence)
            met.add(key)
    return repeated, turned


def _contradictions(
    table: pd.DataFrame, info: DatasetInfo, alphabet: Alphabet
) -> tuple[int, int, tuple[Contradiction, ...], tuple[float, float] | None]:
    """Sequences with different labels, their rows, examples; for measured values the spread of repeats instead."""
    if info.task in WITHOUT_NUMBER:
        return 0, 0, (), None
    columns = list(label_columns(len(info.targets)))
    sequences = table["sequence"].tolist()
    keys = np.array(strand_free(sequences, alphabet), object)
    there = np.array([bool(sequence.strip(alphabet.unknown)) for sequence in sequences])
    again = pd.Series(keys).duplicated(keep=False).to_numpy() & there
    rows = table.loc[again, ["id", *columns]].assign(_key=keys[again])
    groups = [group for _, group in rows.groupby("_key", sort=False)]
    if info.task == "regression":
        spreads = [(float(np.nanstd(group["label"], ddof=1)), group) for group in groups if len(group) > 1]
        spreads = [(spread, group) for spread, group in spreads if np.isfinite(spread)]
        if not spreads:
            return 0, 0, (), None
        overall = float(np.nanstd(table["label"].to_numpy(np.float64)))
        spreads.sort(key=lambda one: -one[0])
        examples = tuple(_contradiction(group, columns, info, spread) for spread, group in spreads[:_EXAMPLES])
        return 0, 0, examples, (float(np.median([spread for spread, _ in spreads])), overall)
    differ = [group for group in groups if (group[columns].nunique() > 1).any()]
    examples = tuple(_contradiction(group, columns, info, 0.0) for group in differ[:_EXAMPLES])
    return len(differ), sum(map(len, differ)), examples, None


def _contradiction(group: pd.DataFrame, columns: list[str], info: DatasetInfo, spread: float) -> Contradiction:
    shown = group.head(_EXAMPLES)
    if len(columns) == 1 and info.task != "regression":
        labels = tuple(_label_name(value, info) for value in shown["label"].tolist())
    else:
        labels = tuple(", ".join(f"{value:g}" for value in row) for row in shown[columns].to_numpy().tolist())
    return Contradiction(tuple(map(str, shown["id"].tolist())), labels, spread)


def _balance(table: pd.DataFrame, class_of: NDArray[np.int64], classes: tuple[str, ...]) -> pd.DataFrame:
    parts = [part for part in SPLITS if (table["split"] == part).any()]
    split = table["split"].to_numpy()
    counts = [[int(((split == part) & (class_of == number)).sum()) for number in range(len(classes))] for part in parts]
    return pd.DataFrame(counts, index=parts, columns=list(classes))


def _targets(table: pd.DataFrame, info: DatasetInfo) -> Spread | None:
    if info.task != "regression":
        return None
    part_of = np.array([SPLITS.index(part) for part in table["split"].tolist()], np.int64)
    return _spread(table["label"].to_numpy(np.float64), part_of, len(SPLITS))


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"
