"""A data set in words: its classes, its parts and how they were made."""

from typing import TYPE_CHECKING

from seqdl_core.data.dataset_info import SPLITS
from seqdl_core.figures.text import count, one_line
from seqdl_core.sequences.alphabets import alphabet_named

if TYPE_CHECKING:
    from seqdl_core.data.dataset_info import DatasetInfo

_PARTS = {"train": "training", "validation": "validation", "test": "test"}
_WAYS = {
    "files": "the files told which rows test",
    "column": "a column told which rows test",
    "random": "drawn at random",
    "stratified": "drawn at random within each class",
    "chromosome": "whole chromosomes test",
    "group": "whole groups test",
    "similarity": "similar sequences are kept together",
    "contiguous": "a stretch of positions tests",
    "modulo": "every so many positions test",
    "official": "the parts that came with the data",
}


def class_title(name: str) -> str:
    """What a class is called on a figure: 0 and 1 are negative and positive."""
    return {"0": "negative", "1": "positive", "": "all rows"}.get(name) or one_line(name, 24)


def rows_line(info: "DatasetInfo") -> str:
    """``6,084 DNA sequences: 5,084 training, 1,000 test``."""
    title = alphabet_named(info.alphabet).title
    return f"{count(sum(info.counts.values()))} {title} sequences, {parts_line(info)}"


def parts_line(info: "DatasetInfo") -> str:
    """``5,084 training, 1,000 test``."""
    return ", ".join(f"{count(info.counts[part])} {_PARTS[part]}" for part in SPLITS if info.counts.get(part))


def split_line(info: "DatasetInfo") -> str:
    """``5,084 training, 1,000 test; drawn at random.``"""
    way = _WAYS.get(info.split_way, "")
    return f"{parts_line(info)}{f'; {way}' if way else ''}."
