"""The words people use for columns, labels and parts of a split, in headers, cells and file names."""

import re
from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SEQUENCE_WORDS = _words("sequence sequences seq seqs dna rna protein peptide read bases aa_seq")
LABEL_WORDS = _words(
    "label labels class classes target targets bound binding y positive active activity outcome response"
)
SPLIT_WORDS = _words("split set part partition subset fold")
NAME_WORDS = _words("name id ids identifier accession eventid record event peak sequence_id seq_id seq_name")

_TRAIN = _words("train training trn tr")
_TEST = _words("test testing tst te tes holdout heldout")
_VALIDATION = _words("validation valid val dev eval tune")

_POSITIVE = _words("1 1.0 +1 + true t yes y positive pos bound active")
_NEGATIVE = _words("0 0.0 -1 -1.0 - false f no n negative neg unbound inactive none background control")
_NEGATIVE_FILES = _words(
    "neg negs negative negatives non nonprom decoy decoys shuf shuffled shuffle background bg control controls"
)
_MISSING = frozenset(["", "na", "n/a", "nan", "null", ".", "?", "<na>", "missing"])


def means_sequence(column: str) -> bool:
    """Whether a column of this name probably holds the sequences."""
    return _plain(column) in SEQUENCE_WORDS


def means_label(column: str) -> bool:
    """Whether a column or header key of this name probably holds the labels: ``Bound``, ``is_bound``."""
    return _plain(column).removeprefix("is_") in LABEL_WORDS


def means_split(column: str) -> bool:
    """Whether a column or header key of this name probably tells training from test."""
    return _plain(column) in SPLIT_WORDS


def means_name(column: str) -> bool:
    """Whether a column of this name probably names the rows."""
    return _plain(column) in NAME_WORDS


def is_missing(value: str) -> bool:
    """Whether a cell says that there is no value."""
    return value.strip().lower() in _MISSING


def is_label_value(value: str) -> bool:
    """Whether a word reads as a class: a small whole number, or a word for yes or no."""
    plain = value.strip().lower()
    return plain in _POSITIVE or plain in _NEGATIVE or bool(re.fullmatch(r"[+-]?\d{1,2}(\.0+)?", plain, re.ASCII))


def means_zero(value: str) -> bool:
    """Whether a label on its own reads as "no": 0, -1, negative, control."""
    return value.strip().lower() in _NEGATIVE


def is_split_value(value: str) -> bool:
    """Whether a cell names a part of a split."""
    return split_of(value) != ""


def split_of(value: str) -> str:
    """``train``, ``validation``, ``test`` or ``""`` for a cell such as ``Training``."""
    plain = value.strip().lower()
    for split, words in (("train", _TRAIN), ("test", _TEST), ("validation", _VALIDATION)):
        if plain in words:
            return split
    return ""


def file_tokens(name: str) -> list[str]:
    """The words of a file's name or path without endings such as ``.fa.gz``: ``AMP.tr.fa`` gives AMP, tr."""
    stem = re.sub(r"(\.(gz|fa|fasta|fna|faa|ffn|seq|txt|tsv|csv|tab|data))+$", "", name, flags=re.IGNORECASE)
    return [token for token in re.split(r"[^A-Za-z0-9]+", stem) if token]


def split_of_file(name: str) -> tuple[str, str]:
    """The part of the split that a file's name speaks of, and the word that says so; empty where none does."""
    for token in file_tokens(name):
        split = split_of(token)
        if split:
            return split, token
    return "", ""


def names_negatives(name: str) -> bool:
    """Whether a file's name says that it holds negatives: ``decoy``, ``non_prom``, ``neg``."""
    return any(token.lower() in _NEGATIVE_FILES for token in file_tokens(name))


def positive_value(values: Sequence[str]) -> tuple[str, bool]:
    """Which of two label values means 1, and whether that is beyond doubt.

    Numbers: the larger one. Words for yes and no: the yes. Otherwise the later one of the alphabet, in doubt.
    """
    high = max(values, key=_number_or_word)
    if all(is_number(value) for value in values):
        return high, True
    plain = {value.strip().lower(): value for value in values}
    for word, value in plain.items():
        other = next(name for name in plain.values() if name != value)
        if word in _POSITIVE or other.strip().lower() in _NEGATIVE:
            return value, True
        if other.strip().lower().removeprefix("not").removeprefix("non").strip(" -_") == word:
            return value, True
    return high, False


def is_number(value: str) -> bool:
    """Whether a cell is a decimal number."""
    return bool(re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", value, re.ASCII))


def _number_or_word(value: str) -> tuple[float, str]:
    return (float(value), value) if is_number(value) else (float("inf"), value)


def _plain(column: str) -> str:
    return re.sub(r"[\s.-]+", "_", column.strip().lower())
