"""What there is to know about a data set: its columns, its task, its parts and where it came from."""

from typing import Any, Literal

from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named
from seqdl_core.sequences.readers import NoticeRecord

COLUMNS = ("id", "sequence", "label", "split", "source")
"""What every row has. With more targets than one there are also ``label_2``, ``label_3`` ...; see label_columns."""

FURTHER_COLUMNS = (
    "group", "chromosome", "start", "end", "strand", "mutant", "residues", "structure", "fold", "bins"
)  # fmt: skip
"""What rows may have besides: text, but ``start`` and ``end`` (0-based half-open) and ``fold`` (from 0), float64.

``residues`` holds one class letter a position, ``structure`` a dot-bracket string; ``.`` in residues is not measured.
``bins`` holds a list of float32 a row: the values of the first track's bins, then those of the next, as many bins as
the row's own letters fill; NaN was not measured.
"""

FEATURE_COLUMNS = ("id", "start", "end", "strand", "kind", "name")
SPLITS = ("train", "validation", "test")
PART_WORDS = {"train": "training", "validation": "validation", "test": "test"}
"""What sentences call the parts."""

TaskName = Literal[
    "binary", "multiclass", "multilabel", "regression", "residues", "tracks", "contacts", "unlabelled", "masked"
]  # fmt: skip
WITHOUT_NUMBER = ("unlabelled", "residues", "tracks", "contacts")
"""Tasks whose rows have no number of their own to tell them by: their label columns are NaN."""


class Source(Config):
    """A file the rows came from; ``sha256`` and ``bytes`` are of the file as it was brought."""

    name: str
    sha256: str
    bytes: int
    rows: int


class DatasetInfo(Config):
    """What there is to know about a data set besides its rows.

    Attributes:
        task: ``binary`` (labels 0 and 1), ``multiclass`` (labels are places in ``label_names``), ``multilabel`` (0 or 1
            per target), ``regression`` (numbers per target, NaN where not measured), ``residues`` (a class letter per
            position), ``tracks`` (a value per bin along the sequence and track), ``contacts`` (the pairs of positions
            that the column ``structure`` tells), ``unlabelled``; ``masked`` (letters are hidden to be told) as a run
            means it, never as stored.
        directed: sequences of DNA are read as they stand; False where they and their reverse complements are alike.
        length: the longest sequence, in letters.
        targets: the names of the T targets; one for binary and multiclass.
        bins: for tracks B, the bins of the longest sequence, each ``length / bins`` letters wide; 0 for other tasks.
        label_names: what the person called the labels 0, 1 ...; empty for regression.
        negatives: ``shuffle`` means that the training rows are positives only, and training redraws dinucleotide
            shuffles of them as negatives; ``given`` means that the rows are all there is.
        counts: rows per part of the split.
        positives: for binary data, rows with label 1 per part of the split.
        sources: the files that the rows came from.
        notices: what was changed, left out or assumed on the way in.
        split_way: how the parts were made: ``files`` or ``column`` that came with the data, or a name of
            :data:`seqdl_core.data.splits.WAYS`.
        parent: the hash of the data set that this one was made from (another split, rows left out).
        higher_is: for regression, whether a higher number is ``better`` or ``worse``; ``""`` where nobody knows.
        wild_type: the sequence that all mutants differ from.
        first_position: the number that people give to the wild type's first letter.
        genome: the build or the file that coordinates refer to.
        truth: for simulated data, which motifs were planted where.
    """

    name: str
    alphabet: str
    task: TaskName = "binary"
    directed: bool = False
    length: int
    targets: tuple[str, ...] = ("label",)
    bins: int = Field(0, ge=0)
    label_names: tuple[str, ...] = ("0", "1")
    negatives: Literal["given", "shuffle"] = "given"
    counts: dict[str, int]
    positives: dict[str, int] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    notices: tuple[NoticeRecord, ...] = ()
    split_way: str = ""
    parent: str = ""
    higher_is: Literal["", "better", "worse"] = ""
    wild_type: str = ""
    first_position: int = 1
    genome: str = ""
    truth: dict[str, Any] = Field(default_factory=dict)

    @property
    def bin_width(self) -> int:
        """Letters in a bin; 0 where there are none."""
        return self.length // self.bins if self.bins else 0

    def of_length(self, length: int) -> dict[str, int]:
        """``length`` and ``bins`` where the longest sequence has so many letters."""
        return {"length": length, "bins": length // self.bin_width if self.bins else 0}

    @property
    def letters(self) -> Alphabet:
        """The alphabet, with the direction that its sequences are read in."""
        return alphabet_named(self.alphabet, self.directed)


def label_columns(targets: int) -> tuple[str, ...]:
    """``("label", "label_2", "label_3")`` for three targets."""
    return ("label", *(f"label_{number}" for number in range(2, targets + 1)))
