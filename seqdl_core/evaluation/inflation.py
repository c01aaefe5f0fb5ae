"""How much a split flatters: the k-mer baseline trained with and without the training rows that the test set copies.

leaks = find_leaks(dataset.table, dataset.alphabet)
measure_inflation(dataset.table, dataset.info, leaks).sentence
# "212 of 1,000 test sequences have copies in training. The 6-mer baseline scores 0.960 AUROC with the copies
#  and 0.910 without them: the split flatters by 0.050 [0.030, 0.070]."
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from numpy.typing import NDArray

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.data.leakage import Leaks
from seqdl_core.errors import DataError
from seqdl_core.evaluation.metrics import Interval
from seqdl_core.evaluation.ordering import DRAWS, METRIC, estimates
from seqdl_core.evaluation.wording import number_text, range_text
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named, encode_all

MOST_TRAINING_ROWS = 20_000
"""More training rows than these are thinned at random, but for those that have a copy in the test set."""

_FEWEST = 10


@dataclass(frozen=True)
class Inflation:
    """The baseline's score with and without copies.

    Attributes:
        metric: what the scores are.
        baseline: what a sentence calls the model.
        as_split: trained on the training part, tested on the whole test part.
        without_copies: trained without the rows that have a copy in the test part, tested on the whole test part; the
            ``difference`` is paired on the same test rows. All None where too little is left to train on.
        clean_test: trained on all of the training part, tested without the rows that have a copy in training.
        leaking, held: test rows with copies, and all.
        removed, trained: training rows that were taken away, and all that were used.
        sentence: what follows.
    """

    metric: str
    baseline: str
    as_split: Interval
    without_copies: Interval
    difference: Interval
    clean_test: Interval
    leaking: int
    held: int
    removed: int
    trained: int
    sentence: str


def measure_inflation(
    table: pd.DataFrame, info: DatasetInfo, leaks: Leaks, seed: int = 1, draws: int = DRAWS
) -> Inflation:
    """Train and score the baseline both ways.

    Raises:
        DataError: for a task without a baseline, or a part that lacks rows or a class.
    """
    if info.task not in METRIC:
        raise DataError(
            f"There is no k-mer baseline for {info.task} data, so the gain from copies cannot be measured.",
            where=info.name,
            fix="The pairs themselves are named all the same.",
        )
    train, test = _examples(table, info, leaks, "train", seed), _examples(table, info, leaks, "test", seed)
    for part, rows in (("training", train), ("test", test)):
        if not _enough(info.task, rows.labels):
            raise DataError(
                f"The {part} part has too few rows, or one class only, to score a baseline.",
                where=info.name,
                fix="Choose another split.",
            )
    baseline, full = _fit_and_score(train, test, info, seed)
    clean = train.but(train.marked)
    predictions = [full]
    if train.marked.any() and _enough(info.task, clean.labels):
        predictions.append(_fit_and_score(clean, test, info, seed)[1])
    found = estimates(info.task, test.labels, predictions, draws, seed)
    as_split = found[0].interval()
    without, difference = Interval(), Interval()
    if len(found) > 1:
        without, difference = found[1].interval(), found[0].minus(found[1]).interval()
    rest = test.but(test.marked)
    clean_test = Interval()
    if test.marked.any() and _enough(info.task, rest.labels):
        clean_test = estimates(info.task, rest.labels, [full[~test.marked]], draws, seed)[0].interval()
    removed, trained = int(train.marked.sum()), len(train.labels)
    metric = METRIC[info.task]
    return Inflation(
        metric,
        baseline,
        as_split,
        without,
        difference,
        clean_test,
        leaks.test_rows,
        leaks.held,
        removed,
        trained,
        _sentence(leaks, metric, baseline, as_split, without, difference),
    )


@dataclass(frozen=True, eq=False)
class _Examples:
    """Rows to learn from or to score; ``marked`` are those with a copy on the other side."""

    codes: UInt8[np.ndarray, "N L"]
    labels: Float[np.ndarray, " N"]
    marked: NDArray[np.bool_]

    def but(self, those: NDArray[np.bool_]) -> "_Examples":
        return _Examples(self.codes[~those], self.labels[~those], self.marked[~those])


def _examples(table: pd.DataFrame, info: DatasetInfo, leaks: Leaks, part: str, seed: int) -> _Examples:
    """The rows of a part with known labels, with a shuffle of each positive where the negatives are shuffles."""
    alphabet = alphabet_named(info.alphabet)
    marks = leaks.sources if part == "train" else leaks.leaking
    labels = table["label"].to_numpy(np.float64)
    rows = np.flatnonzero((table["split"] == part).to_numpy() & np.isfinite(labels))
    if part == "train" and len(rows) > MOST_TRAINING_ROWS:
        others = np.random.default_rng(seed).permutation(rows[~marks[rows]])
        kept = others[: max(0, MOST_TRAINING_ROWS - int(marks[rows].sum()))]
        rows = np.sort(np.concatenate([rows[marks[rows]], kept]))
    sequences = [table["sequence"].iloc[row] for row in rows.tolist()]
    chosen, marked = labels[rows], np.asarray(marks[rows], bool)
    if info.negatives == "shuffle" and len(np.unique(chosen)) == 1:
        sequences, chosen, marked = _with_shuffles(sequences, chosen, marked, alphabet, seed)
    return _Examples(encode_all(sequences, alphabet, info.length), chosen, marked)


def _with_shuffles(
    sequences: list[str], labels: NDArray[np.float64], marked: NDArray[np.bool_], alphabet: Alphabet, seed: int
) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    from seqdl_core.data.parts import shuffled_copies

    copies = shuffled_copies(sequences, alphabet, seed)
    there = [place for place, copy in enumerate(copies) if copy]
    return (
        sequences + [copies[place] for place in there],
        np.concatenate([labels, np.zeros(len(there))]),
        np.concatenate([marked, marked[there]]),
    )


def _enough(task: str, labels: NDArray[np.float64]) -> bool:
    return len(labels) >= _FEWEST and (task == "regression" or len(np.unique(labels)) > 1)


def _fit_and_score(
    train: _Examples, test: _Examples, info: DatasetInfo, seed: int
) -> tuple[str, Float[np.ndarray, "N C"]]:
    """The baseline's name, and its score of every test row: one column, or one a class."""
    from seqdl_core.baselines import TrainingSet, kmer, ridge
    from seqdl_core.predict import scores

    targets = None
    if info.task == "regression":
        targets = train.labels[:, None]
    elif info.task == "multiclass":
        targets = (train.labels[:, None] == np.arange(len(info.label_names))).astype(np.float64)
    training = TrainingSet(train.codes, train.labels, alphabet_named(info.alphabet), "", info.task, targets)
    model = ridge.fit(training, seed) if info.task == "regression" else kmer.fit_any(training, seed)
    return model.short, scores(model, test.codes).astype(np.float64)


def _sentence(
    leaks: Leaks, metric: str, baseline: str, as_split: Interval, without: Interval, difference: Interval
) -> str:
    score = f"{number_text(as_split.value)} {metric}"
    if not leaks.test_rows:
        return (
            f"None of {leaks.held:,} test sequences has a copy in training, so the split does not flatter; "
            f"the {baseline} scores {score} {range_text(as_split)}."
        )
    have = "has a copy" if leaks.test_rows == 1 else "have copies"
    first = f"{leaks.test_rows:,} of {leaks.held:,} test sequences {have} in training."
    if difference.value is None or difference.low is None or difference.high is None:
        return (
            f"{first} Without them too little is left to train on, so how much that flatters cannot be measured; "
            f"the {baseline} scores {score} with them."
        )
    both = f"The {baseline} scores {score} with the copies and {number_text(without.value)} without them"
    by = f"{number_text(difference.value)} {range_text(difference)}"
    if difference.low > 0 and round(difference.value, 3) > 0:
        return f"{first} {both}: the split flatters by {by}."
    return f"{first} {both}: no flattery can be shown, the difference is {by}."
