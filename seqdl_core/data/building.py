"""What a builder hands back: one table of sequences made from files that hold none as they stand."""

from dataclasses import dataclass
from typing import Literal

from seqdl_core.data.findings import Finding
from seqdl_core.errors import SeqDLError
from seqdl_core.sequences.readers import NoticeRecord, RawTable

__all__ = ["Built"]


@dataclass(frozen=True, eq=False)
class Built:
    """A table of the kind ``sequences``, with what was found, changed and left out on the way.

    Attributes:
        table: rows with a sequence each; the columns may use dataset.FURTHER_COLUMNS. Its ``lines`` are those of the
            file that the rows came from, so that a problem names the right one.
        used: names of the files that were consumed and that make no rows of their own.
        wild_type: the sequence that all mutants differ from.
        first_position: the number that people give to the wild type's first letter.
        genome: the build, or the name of the file, that coordinates refer to.
        label_columns: columns of ``table`` that the builder knows to hold the labels; empty where it cannot tell.
        split_column: a column of ``table`` with train, validation and test, where the builder knows it.
        task: what the builder knows is to be learned; ``""`` where the labels decide.
        higher_is: ``better`` or ``worse`` where the builder knows what a higher number means.
        alphabet: the alphabet where the format fixes it (mutants of a protein); ``""`` where letters decide.
    """

    table: RawTable
    findings: tuple[Finding, ...] = ()
    notices: tuple[NoticeRecord, ...] = ()
    problems: tuple[SeqDLError, ...] = ()
    used: tuple[str, ...] = ()
    wild_type: str = ""
    first_position: int = 1
    genome: str = ""
    label_columns: tuple[str, ...] = ()
    split_column: str = ""
    task: Literal["", "binary", "multiclass", "multilabel", "regression", "residues", "unlabelled"] = ""
    higher_is: Literal["", "better", "worse"] = ""
    alphabet: str = ""
