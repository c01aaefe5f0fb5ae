"""How much a split flatters: the k-mer baseline trained with and without the training rows that the test set copies.

Fewer rows make any model worse, so the baseline without the copies is held against one that lost as many other rows of
the same classes; what is left of the difference is what the copies are worth.

leaks = find_leaks(dataset.table, dataset.alphabet)
measure_inflation(dataset.table, dataset.info, leaks).sentence
# "212 of 1,000 test sequences have copies in training. The 6-mer baseline scores 0.960 AUROC without 212 other training
#  rows and 0.910 without the 212 copies: the split flatters by 0.050 [0.030, 0.070]."
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from numpy.typing import NDArray

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.data.leaks.leakage import Leaks
from seqdl_core.errors import DataError
from seqdl_core.evaluation.metrics import Estimate, Interval
from seqdl_core.evaluation.ordering import DRAWS, METRIC, estimates
from seqdl_core.evaluation.wording import number_text, range_text
from seqdl_core.sequences.alphabets import Alphabet, encode_all

MOST_TRAINING_ROWS = 20_000
"""More training rows than these are thinned at random, those with a copy in the test set like all others."""

CONTROLS = 5
"""So many times are other rows left out; the scores are averaged."""

_FEWEST = 10
_QUANTILES = 5


@dataclass(frozen=True)
class Inflation:
    """The baseline's score with and without copies.

    Attributes:
        metric: what the scores are.
        baseline: what a sentence calls the model.
        as_split: trained on the training part, tested on the whole test part.
        without_copies: trained without the rows that have a copy in the test part, tested on the whole test part.
        without_others: trained without as many other rows of the same classes (measured values: of the same fifths);
            the mean of several draws. Where a class has not enough others, copies are left out besides, and
            ``fewer_copies`` says so: the difference is then too small.
        difference: ``without_others`` minus ``without_copies``, paired on the same test rows; its interval holds the
            draws too. All three None where too little is left to train on.
        clean_test: trained on all of the training part, tested without the rows that have a copy in training.
        leaking, held: test rows with copies, and all.
        removed, trained: training rows that were taken away, and all that were used.
        used, available: training rows drawn, and those there are; shuffles that are made of them are not counted.
        sentence: what follows.
    """

    metric: str
    baseline: str
    as_split: Interval
    without_copies: Interval
    without_others: Interval
    difference: Interval
    clean_test: Interval
    leaking: int
    held: int
    removed: int
    trained: int
    used: int
    available: int
    fewer_copies: bool
    sentence: str
    scores: str


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
            fix="The pairs themselves are named all the same." if leaks.test_rows else "There is no copy to gain from.",
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
    predictions, fewer_copies = [full], False
    if train.marked.any() and _enough(info.task, clean.labels):
        predictions.append(_fit_and_score(clean, test, info, seed)[1])
        rng = np.random.default_rng(seed)
        for _ in range(CONTROLS):
            out, fewer_copies = _others(train, info.task, rng)
            predictions.append(_fit_and_score(train.but(out), test, info, seed)[1])
    found = estimates(info.task, test.labels, predictions, draws, seed)
    without, others, difference = Interval(), Interval(), Interval()
    if len(found) > 1:
        control = _mean(found[2:])
        without, others, difference = found[1].interval(), control.interval(), control.minus(found[1]).interval()
    rest = test.but(test.marked)
    clean_test = Interval()
    if test.marked.any() and _enough(info.task, rest.labels):
        clean_test = estimates(info.task, rest.labels, [full[~test.marked]], draws, seed)[0].interval()
    measured = Inflation(
        metric=METRIC[info.task],
        baseline=baseline,
        as_split=found[0].interval(),
        without_copies=without,
        without_others=others,
        difference=difference,
        clean_test=clean_test,
        leaking=leaks.test_rows,
        held=leaks.held,
        removed=int(train.marked.sum()),
        trained=len(train.labels),
        used=train.used,
        available=train.available,
        fewer_copies=fewer_copies,
        sentence="",
        scores="",
    )
    first, scored = _sentences(measured, leaks)
    return replace(measured, sentence=f"{first} {scored}", scores=scored)


def _others(train: "_Examples", task: str, rng: np.random.Generator) -> tuple[NDArray[np.bool_], bool]:
    """As many rows as have copies, of the same classes, drawn from those without; and whether these were too few."""
    strata = train.labels
    if task == "regression":
        strata = np.digitize(train.labels, np.quantile(train.labels, np.arange(1, _QUANTILES) / _QUANTILES))
    out, fewer_copies = np.zeros(len(strata), bool), False
    for one in np.unique(strata):
        own = strata == one
        number = int((own & train.marked).sum())
        others = rng.permutation(np.flatnonzero(own & ~train.marked))
        copies = rng.permutation(np.flatnonzero(own & train.marked))
        out[others[:number]] = True
        out[copies[: max(0, number - len(others))]] = True
        fewer_copies |= number > len(others)
    return out, fewer_copies


def _mean(controls: list[Estimate]) -> Estimate:
    """The mean score; each draw of the test rows is of one control in turn, so that the draws vary by both."""
    draws = np.stack([one.draws for one in controls])
    turn = np.arange(draws.shape[1])
    return Estimate(float(np.mean([one.value for one in controls])), draws[turn % len(controls), turn])


@dataclass(frozen=True, eq=False)
class _Examples:
    """Rows to learn from or to score; ``marked`` are those with a copy on the other side.

    ``used`` rows of the ``available`` ones are among them, with their shuffles.
    """

    codes: UInt8[np.ndarray, "N L"]
    labels: Float[np.ndarray, " N"]
    marked: NDArray[np.bool_]
    used: int
    available: int

    def but(self, those: NDArray[np.bool_]) -> "_Examples":
        return _Examples(self.codes[~those], self.labels[~those], self.marked[~those], self.used, self.available)


def _examples(table: pd.DataFrame, info: DatasetInfo, leaks: Leaks, part: str, seed: int) -> _Examples:
    """The rows of a part with known labels, with a shuffle of each positive where the negatives are shuffles."""
    alphabet = info.letters
    marks = leaks.sources if part == "train" else leaks.leaking
    labels = table["label"].to_numpy(np.float64)
    rows = np.flatnonzero((table["split"] == part).to_numpy() & np.isfinite(labels))
    available = len(rows)
    if part == "train" and available > MOST_TRAINING_ROWS:
        rng = np.random.default_rng(seed)
        sides = [rng.permutation(rows[marks[rows] == side]) for side in (True, False)]
        kept = [side[: round(len(side) * MOST_TRAINING_ROWS / available)] for side in sides]
        rows = np.sort(np.concatenate(kept))
    sequences = [table["sequence"].iloc[row] for row in rows.tolist()]
    chosen, marked = labels[rows], np.asarray(marks[rows], bool)
    if info.negatives == "shuffle" and len(np.unique(chosen)) == 1:
        sequences, chosen, marked = _with_shuffles(sequences, chosen, marked, alphabet, seed)
    return _Examples(encode_all(sequences, alphabet, info.length), chosen, marked, len(rows), available)


def _with_shuffles(
    sequences: list[str], labels: NDArray[np.float64], marked: NDArray[np.bool_], alphabet: Alphabet, seed: int
) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
    from seqdl_core.data.parts.written import shuffled_copies

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
    training = TrainingSet(train.codes, train.labels, info.letters, "", info.task, targets)
    model = ridge.fit(training, seed) if info.task == "regression" else kmer.fit_any(training, seed)
    return model.short, scores(model, test.codes).astype(np.float64)


def _sentences(found: Inflation, leaks: Leaks) -> tuple[str, str]:
    """What leaks, and what the baseline scores."""
    score = f"{number_text(found.as_split.value)} {found.metric}"
    if not found.leaking:
        scores = f"he {found.baseline} scores {score} {range_text(found.as_split)}."
        if leaks.alike:
            return leaks.sentence, f"What likeness alone is worth cannot be measured on this split; t{scores}"
        none = f"None of {found.held:,} test sequences has a copy in training, so the split does not flatter."
        return none, f"T{scores}"
    have = "has a copy" if found.leaking == 1 else "have copies"
    first = f"{found.leaking:,} of {found.held:,} test sequences {have} in training."
    first = leaks.sentence if leaks.alike else first
    if found.difference.value is None or found.difference.low is None or found.difference.high is None:
        return first, (
            f"Without them too little is left to train on, so how much that flatters cannot be measured; "
            f"the {found.baseline} scores {score} with them."
        )
    others, copies = ("row", "copy") if found.removed == 1 else ("rows", "copies")
    some = " (copies among them, since there are too few others)" if found.fewer_copies else ""
    both = (
        f"The {found.baseline} scores {number_text(found.without_others.value)} {found.metric} without "
        f"{found.removed:,} other training {others}{some} and {number_text(found.without_copies.value)} without the "
        f"{found.removed:,} {copies}"
    )
    by = f"{number_text(found.difference.value)} {range_text(found.difference)}"
    least = " at least" if found.fewer_copies else ""
    if found.difference.low > 0 and round(found.difference.value, 3) > 0:
        told = f"{both}: the split flatters by{least} {by}."
    else:
        told = f"{both}: no flattery can be shown, the difference is {by}."
    if found.used < found.available:
        told += f" Measured on {found.used:,} of {found.available:,} training rows, drawn at random."
    return first, told
