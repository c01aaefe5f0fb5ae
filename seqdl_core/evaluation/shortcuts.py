"""The shortcut detector: how far does a model get that sees no motifs at all?

Two models are cross-validated on the rows of a data set: one sees the length, the GC share and how often each letter
occurs; the other sees which letter stands at which position, counted from the start. A network that is judged on such
data must be held against them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float
from numpy.typing import NDArray

from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.data.split import strand_free
from seqdl_core.errors import DataError
from seqdl_core.evaluation.metrics import Interval
from seqdl_core.evaluation.ordering import DRAWS, GUESSING, METRIC, estimates
from seqdl_core.evaluation.wording import number_text, range_text
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named, encode_all

MOST_ROWS = 5_000
"""More rows than these are thinned at random; the intervals are of the rows that were used."""

MOST_POSITIONS = 300

_FOLDS = 5
_FEWEST = 50
_STRONG = {"binary": 0.9, "multiclass": 0.9, "regression": 0.6}
_NOTABLE = {"binary": 0.7, "multiclass": 0.7, "regression": 0.3}


@dataclass(frozen=True)
class Shortcuts:
    """How far models without motifs get, each number from rows that its model did not learn from.

    Attributes:
        metric: what the numbers are.
        composition: of length, GC share and letter frequencies.
        positions: of the letter at each of the first ``positions_used`` positions.
        rows: how many rows were used.
        sentence: what follows, for either model.
    """

    metric: str
    composition: Interval
    positions: Interval
    positions_used: int
    rows: int
    sentence: str


def find_shortcuts(table: pd.DataFrame, info: DatasetInfo, seed: int = 1, draws: int = DRAWS) -> Shortcuts:
    """Cross-validate both models in five folds; copies of a sequence are in one fold.

    Where the training negatives are shuffles, the rows of the test part are used, which has negatives of its own.

    Raises:
        DataError: for a task that is not measured, or too few rows.
    """
    if info.task not in METRIC:
        raise DataError(
            f"Shortcuts are looked for in data with classes or numbers, and this is {info.task} data.",
            where=info.name,
            fix="Choose one target.",
        )
    rows = table[table["split"] == "test"] if info.negatives == "shuffle" else table
    rows = rows[np.isfinite(rows["label"].to_numpy(np.float64))]
    if len(rows) > MOST_ROWS:
        rows = rows.iloc[np.sort(np.random.default_rng(seed).permutation(len(rows))[:MOST_ROWS])]
    labels, alphabet = rows["label"].to_numpy(np.float64), alphabet_named(info.alphabet)
    sequences = rows["sequence"].tolist()
    if info.task != "regression":
        common = np.isin(labels, [value for value in np.unique(labels) if (labels == value).sum() >= _FOLDS])
        labels, sequences = labels[common], [one for one, kept in zip(sequences, common, strict=True) if kept]
    if len(labels) < _FEWEST or len(np.unique(labels)) < 2:
        raise DataError(
            f"There are {len(labels):,} labelled rows, too few (or of one class) to look for shortcuts.",
            where=info.name,
            fix=f"Bring at least {_FEWEST} rows of at least two classes.",
        )
    # Classes are renumbered: a class without rows here has no column.
    if info.task == "multiclass":
        labels = np.unique(labels, return_inverse=True)[1].astype(np.float64)
    groups = pd.factorize(np.array(strand_free(sequences, alphabet), object))[0]
    used = min(MOST_POSITIONS, max(map(len, sequences)))
    found = estimates(
        info.task,
        labels,
        [
            _out_of_fold(_composition(sequences, alphabet), labels, groups, info.task, 1.0, seed),
            _out_of_fold(_positions(sequences, alphabet, used), labels, groups, info.task, 0.01, seed),
        ],
        draws,
        seed,
    )
    composition, positions = found[0].interval(), found[1].interval()
    sentence = _sentence(info.task, composition, positions, bool(alphabet_named(info.alphabet).complement))
    return Shortcuts(METRIC[info.task], composition, positions, used, len(labels), sentence)


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
    groups: NDArray[np.intp],
    task: str,
    strength: float,
    seed: int,
) -> Float[np.ndarray, "N C"]:
    """Scores of every row by the model that learned from the other four folds."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold
    from sklearn.preprocessing import StandardScaler

    folds = GroupKFold if task == "regression" else StratifiedGroupKFold
    splitter = folds(_FOLDS, shuffle=True, random_state=seed)
    classes = len(np.unique(labels))
    scores = np.zeros((len(labels), classes if task == "multiclass" else 1))
    for learn, ask in splitter.split(features, labels, groups):
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


def _sentence(task: str, composition: Interval, positions: Interval, nucleic: bool) -> str:
    strongest = max(one.value if one.value is not None else GUESSING[task] for one in (composition, positions))
    plain = "Length, GC" if nucleic else "Length"
    told = (
        f"{plain} and composition alone reach {number_text(composition.value)} {METRIC[task]} "
        f"{range_text(composition)}, the letter at each position {number_text(positions.value)} {range_text(positions)}"
    )
    if task != "regression":
        end = "a high score on this data says little about motifs"
    else:
        end = "a high correlation on this data says little about motifs"
    if strongest >= _STRONG[task]:
        return f"{told}: {end}."
    if strongest >= _NOTABLE[task]:
        return f"{told}: hold every model against that."
    return f"{told}: no shortcut of this kind."
