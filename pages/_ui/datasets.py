"""A data set in words: its classes, its parts and how they were made."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from pages._ui.words import ago, task_words
from seqdl_core.data.dataset_info import PART_WORDS, SPLITS
from seqdl_core.data.splits import outcome_of
from seqdl_core.figures.text import count, markdown, one_line, plural
from seqdl_core.sequences.alphabets import alphabet_named

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.data.dataset_info import DatasetInfo

WAYS_ON = {
    "Quality": "Lengths, GC, copies, contradictions, and how far a model without motifs gets",
    "Split": "Test sequences with copies in training, and other ways to split",
}
"""Pages to look at before a network is trained, and what they show."""


def class_title(name: str) -> str:
    """What a class is called on a figure: 0 and 1 are negative and positive."""
    return {"0": "negative", "1": "positive", "": "all rows"}.get(name) or one_line(name, 24)


def rows_line(info: "DatasetInfo") -> str:
    """``6,084 DNA sequences: 5,084 training, 1,000 test``."""
    title = alphabet_named(info.alphabet).title
    return f"{plural(sum(info.counts.values()), f'{title} sequence')}, {parts_line(info)}"


def parts_line(info: "DatasetInfo") -> str:
    """``5,084 training, 1,000 test``."""
    return ", ".join(f"{count(info.counts[part])} {PART_WORDS[part]}" for part in SPLITS if info.counts.get(part))


def made(data: "Dataset") -> str:
    """When a data set was made, which its folder's name tells; "" where it does not."""
    try:
        return datetime.strptime(data.folder.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return ""


def split_line(info: "DatasetInfo") -> str:
    """``5,084 training, 1,000 test; drawn at random.``"""
    way = outcome_of(info.split_way)
    return f"{parts_line(info)}{f'; {way}' if way else ''}."


def task_name(info: "DatasetInfo") -> str:
    """The task in the words of an import, as plain text."""
    several = {"multiclass": f"{len(info.label_names)} classes", "multilabel": f"{len(info.targets)} labels"}
    if info.task == "regression" and len(info.targets) > 1:
        return f"regression, {len(info.targets)} targets"
    own = {
        "binary": "binary", "regression": "regression", "residues": "per residue", "contacts": "pairs",
        "tracks": plural(len(info.targets), "track"), "unlabelled": "no labels",
    }  # fmt: skip
    return several.get(info.task) or own[info.task]


def listed(found: "Sequence[Dataset]") -> pd.DataFrame:
    """Data sets as rows for ``st.dataframe``, whose cells read no Markdown."""
    infos = [one.info for one in found]
    return pd.DataFrame(
        {
            "Data set": [one_line(info.name, 60) for info in infos],
            "Letters": [alphabet_named(info.alphabet).title for info in infos],
            "Task": [task_name(info) for info in infos],
            "Training": [info.counts.get("train", 0) for info in infos],
            "Test": [info.counts.get("test", 0) for info in infos],
            "Made": [ago(made(one)) if made(one) else "" for one in found],
        }
    )


def newest_first(number: int) -> str:
    """The note over a list of data sets."""
    return f"{number:,}, the newest first" if number > 1 else ""


def not_to_be_trained(info: "DatasetInfo", known: bool) -> str:
    """Why no network can be trained on this data, and what can be done with it; "" where one can.

    Args:
        known: whether there is an architecture for it.
    """
    name = f"**{markdown(info.name, 40)}**"
    if not known:
        title = alphabet_named(info.alphabet).title
        return f"{name} holds {title} with {task_words(info)}; no architecture learns that yet."
    if not info.counts.get("test"):
        return f"{name} has no test part, so no result could be told from luck. Split makes one where there are rows."
    return _too_few(info, name)


def _too_few(info: "DatasetInfo", name: str) -> str:
    """Why the training rows are not enough; "" where they may be. With no validation part some are to be held back."""
    train, positive = info.counts.get("train", 0), info.positives.get("train")
    fewest, among = train, ""
    if info.task == "binary" and info.negatives == "given" and positive is not None:
        fewest, which = min((positive, "positive"), (train - positive, "negative"))
        among = f", {plural(fewest, which)} among them"
    if fewest >= (1 if info.counts.get("validation") else 2):
        return ""
    least = "two of each class" if info.task in ("binary", "multiclass") else "two"
    return (
        f"{name} has {plural(train, 'training sequence')}{among}: too few to learn from. "
        f"Bring at least {least}, better some hundreds."
    )
