"""The shortcut detector: how far does a model get that sees no motifs at all?

Two models are cross-validated on the rows of a data set: one sees the length, the GC share and how often each letter
occurs; the other sees which letter stands at which position, counted from the start. A network that is judged on such
data must be held against them. Where sequences are aligned, as in a mutational scan, the letter at each position is no
shortcut but the signal, and the sentence says so. Where all are centred on one site, such as a splice junction, it may
be: the rows cannot tell, so the sentence names both.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.data.leaks.similarity import clusters, compared_codes
from seqdl_core.data.parts.by_letters import strand_free
from seqdl_core.data.quality import ALIGNED, agreement
from seqdl_core.errors import DataError
from seqdl_core.evaluation.metrics import Interval
from seqdl_core.evaluation.ordering import DRAWS, GUESSING, METRIC, estimates
from seqdl_core.evaluation.wording import number_text, range_text
from seqdl_core.sequences.alphabets import Alphabet, encode_all

MOST_ROWS = 5_000
"""More rows than these are thinned at random; the intervals are of the rows that were used."""

MOST_POSITIONS = 300

_FOLDS = 5
_FEWEST = 50
_STRONG = {"binary": 0.9, "multiclass": 0.9, "regression": 0.6}
_NOTABLE = {"binary": 0.7, "multiclass": 0.7, "regression": 0.3}
_MARGIN = {"binary": 0.05, "multiclass": 0.05, "regression": 0.1}


_INSTEAD = {
    "multilabel": "Import the data again with one of its labels as the label column; all else is measured as it is.",
    "residues": "All else is measured as it is; hold a network against the baselines of its verdict.",
}


@dataclass(frozen=True)
class Shortcuts:
    """How far models without motifs get, each number from rows that its model did not learn from.

    Attributes:
        metric: what the numbers are.
        composition: of length, GC share and letter frequencies.
        positions: of the letter at each of the first ``positions_used`` positions.
        rows: how many rows were used.
        folds: of the cross-validation.
        aligned: the letter at a position is mostly the same in all rows, as among mutants of one sequence; then equal
            sequences stay in one fold, else near copies do too.
        sentence: what follows, for either model.
    """

    metric: str
    composition: Interval
    positions: Interval
    positions_used: int
    rows: int
    folds: int
    aligned: bool
    sentence: str


def find_shortcuts(table: pd.DataFrame, info: DatasetInfo, seed: int = 1, draws: int = DRAWS) -> Shortcuts:
    """Cross-validate both models in up to five folds; near copies of a sequence are in one fold.

    Where the training negatives are shuffles, the rows of the test part are used, which has negatives of its own.

    Raises:
        DataError: for a task that is not measured, too few rows, or too few that are not relatives of each other.
    """
    if info.task not in METRIC:
        raise DataError(
            f"Shortcuts are looked for in data with classes or numbers, and this is {info.task} data.",
            where=info.name,
            fix=_INSTEAD.get(info.task, "Import the data with a label or a number for each row."),
        )
    rows = table[table["split"] == "test"] if info.negatives == "shuffle" else table
    rows = rows[np.isfinite(rows["label"].to_numpy(np.float64))]
    if len(rows) > MOST_ROWS:
        rows = rows.iloc[np.sort(np.random.default_rng(seed).permutation(len(rows))[:MOST_ROWS])]
    alphabet, all_labels = info.letters, rows["label"].to_numpy(np.float64)
    if len(rows) < _FEWEST or len(np.unique(all_labels)) < 2:
        there = "is 1 labelled row" if len(rows) == 1 else f"are {len(rows):,} labelled rows"
        why = "too few" if len(rows) < _FEWEST else "all with the same label"
        raise DataError(
            f"There {there}, {why} to look for shortcuts.",
            where=info.name,
            fix=f"Bring at least {_FEWEST} rows of at least two classes.",
        )
    all_sequences = rows["sequence"].tolist()
    aligned = bool(info.wild_type) or _aligned(all_sequences, alphabet)
    relatives = strand_free(all_sequences, alphabet) if aligned else clusters(all_sequences, alphabet).tolist()
    groups = pd.factorize(np.array(relatives, object))[0]
    kept, folds = _folds(all_labels, groups, info)
    labels, groups = all_labels[kept], groups[kept]
    sequences = [one for one, used in zip(all_sequences, kept.tolist(), strict=True) if used]
    # Classes are renumbered: a class without rows here has no column.
    if info.task == "multiclass":
        labels = np.unique(labels, return_inverse=True)[1].astype(np.float64)
    used = min(MOST_POSITIONS, max(map(len, sequences)))
    splits = _splits(labels, groups, folds, info, seed)
    found = estimates(
        info.task,
        labels,
        [
            _out_of_fold(_composition(sequences, alphabet), labels, splits, info.task, 1.0),
            _out_of_fold(_positions(sequences, alphabet, used), labels, splits, info.task, 0.01),
        ],
        draws,
        seed,
    )
    composition, positions = found[0].interval(), found[1].interval()
    placed = len(set(map(len, sequences))) == 1
    sentence = _sentence(info.task, composition, positions, bool(alphabet.complement), aligned, placed)
    if not kept.all():
        left_out = int((~kept).sum())
        what = "row of a class" if left_out == 1 else "rows of classes"
        sentence += f" Left out: {left_out:,} {what} with fewer than {folds} sequences that are not near copies."
    return Shortcuts(METRIC[info.task], composition, positions, used, len(labels), folds, aligned, sentence)


def _aligned(sequences: list[str], alphabet: Alphabet) -> bool:
    """Whether sequences of one length mostly agree at each position, besides the ends that nearly all share."""
    if len(set(map(len, sequences))) > 1:
        return False
    codes = np.stack(compared_codes(sequences, alphabet)[0])
    counts = np.stack([(codes == letter).sum(axis=0) for letter in range(alphabet.size)]).astype(np.float64)
    known = counts.sum(axis=0)
    return agreement(counts[:, known > 0] / known[known > 0]) >= ALIGNED


def _folds(labels: NDArray[np.float64], groups: NDArray[np.intp], info: DatasetInfo) -> tuple[NDArray[np.bool_], int]:
    """Which rows can be used, and in how many folds: each class has as many groups as there are folds at least."""
    strata = np.zeros(len(labels)) if info.task == "regression" else labels
    several = {value: len(np.unique(groups[strata == value])) for value in np.unique(strata).tolist()}
    # Two classes have to be left, so the one with the second most groups decides.
    folds = min(_FOLDS, sorted(several.values())[-2:][0])
    if folds < 2:
        apart = "all rows are" if info.task == "regression" else "but for one class at most, all rows of a class are"
        raise DataError(
            f"Shortcuts cannot be measured (n/a): {apart} relatives of each other, so no row can be kept apart from "
            "its near copies.",
            where=info.name,
            fix="Bring more sequences that are not near copies.",
        )
    return np.isin(strata, [value for value, number in several.items() if number >= folds]), folds


def _splits(
    labels: NDArray[np.float64], groups: NDArray[np.intp], folds: int, info: DatasetInfo, seed: int
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows to learn from and rows to ask, fold by fold; groups stay whole."""
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    splitter = GroupKFold if info.task == "regression" else StratifiedGroupKFold
    splits = list(splitter(folds, shuffle=True, random_state=seed).split(labels, labels, groups))
    if any(len(np.unique(labels[learn])) < 2 or not len(ask) for learn, ask in splits):
        raise DataError(
            "Shortcuts cannot be measured (n/a): too few rows of a class are not relatives of each other, so a fold "
            "has one class only to learn from.",
            where=info.name,
            fix="Bring more sequences that are not near copies.",
        )
    return splits


def _composition(sequences: list[str], alphabet: Alphabet) -> Float[np.ndarray, "N D"]:
    """Length, the share of known letters that are G or C, and the share of each letter."""
    counts = np.array([[sequence.count(letter) for letter in alphabet.letters] for sequence in sequences], np.float64)
    known = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    lengths = np.array([[len(sequence)] for sequence in sequences], np.float64)
    columns = [lengths, counts / known]
    if alphabet.complement:
        strong = counts[:, [alphabet.letters.index("C"), alphabet.letters.index("G")]]
        columns.append(strong.sum(axis=1, keepdims=True) / known)
    return np.hstack(columns)


def _positions(sequences: list[str], alphabet: Alphabet, used: int) -> Float[np.ndarray, "N D"]:
    """One-hot letters of the first positions; an unknown letter, or none, is all zero."""
    codes = encode_all([sequence[:used] for sequence in sequences], alphabet, used)
    table = np.vstack([np.eye(alphabet.size), np.zeros((1, alphabet.size))])
    return np.asarray(table[codes].reshape(len(codes), -1))


def _out_of_fold(
    features: NDArray[np.float64],
    labels: NDArray[np.float64],
    splits: list[tuple[NDArray[np.intp], NDArray[np.intp]]],
    task: str,
    strength: float,
) -> Float[np.ndarray, "N C"]:
    """Scores of every row by the model that learned from the other folds."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.preprocessing import StandardScaler

    classes = len(np.unique(labels))
    scores = np.zeros((len(labels), classes if task == "multiclass" else 1))
    for learn, ask in splits:
        scaler = StandardScaler().fit(features[learn])
        seen, asked = scaler.transform(features[learn]), scaler.transform(features[ask])
        if task == "regression":
            scores[ask, 0] = Ridge(alpha=1 / strength).fit(seen, labels[learn]).predict(asked)
            continue
        model = LogisticRegression(C=strength, max_iter=2000).fit(seen, labels[learn])
        if task == "binary":
            scores[ask, 0] = model.decision_function(asked)
        else:
            known = model.predict_log_proba(asked)
            scores[ask] = known.min() - 1
            scores[np.ix_(ask, model.classes_.astype(np.intp))] = known
    return scores


def _sentence(task: str, composition: Interval, positions: Interval, nucleic: bool, aligned: bool, placed: bool) -> str:
    """What follows; ``placed``: a position can be the same place of all sequences, as they have one length."""
    measured = [one for one in (composition, positions) if one.value is not None]
    strongest = max((one.value for one in measured if one.value is not None), default=GUESSING[task])
    plain = "Length, GC" if nucleic else "Length"
    told = (
        f"{plain} and composition alone reach {number_text(composition.value)} {METRIC[task]} "
        f"{range_text(composition)}, the letter at each position {number_text(positions.value)} {range_text(positions)}"
    )
    if len(measured) < 2:
        return f"{told}: what is n/a could not be measured."
    if all(_like_guessing(one, task) for one in measured) and strongest < _NOTABLE[task]:
        return f"{told}: no shortcut of this kind."
    if aligned:
        return (
            f"{told}: these sequences are aligned and differ at few positions, so the letter at each position is the "
            "signal itself and no shortcut; hold every model against that."
        )
    if strongest >= _STRONG[task] and placed and _mostly_positions(composition, positions, task):
        return (
            f"{told}: where all sequences are centred on one site, such as a splice junction, the letters around it "
            "are the signal itself; where they are not, they are a shortcut. Hold every model against that."
        )
    if strongest >= _STRONG[task]:
        score = "correlation" if task == "regression" else "score"
        return f"{told}: a high {score} on this data says little about motifs."
    if strongest >= _NOTABLE[task]:
        return f"{told}: hold every model against that."
    return f"{told}: a little better than guessing ({GUESSING[task]:g}), so at most a weak shortcut."


def _mostly_positions(composition: Interval, positions: Interval, task: str) -> bool:
    """Whether positions lead further above guessing than composition leads at all."""
    low, high, guessing = composition.value, positions.value, GUESSING[task]
    return low is not None and high is not None and high - guessing > 2 * max(low - guessing, 0)


def _like_guessing(found: Interval, task: str) -> bool:
    """Whether the interval holds guessing, or ends so near above it that the rest does not matter."""
    low, high = found.low, found.high
    return low is not None and high is not None and (low <= GUESSING[task] or high <= GUESSING[task] + _MARGIN[task])
