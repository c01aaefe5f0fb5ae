"""What a person may correct about an import; every default means "as found"."""

from typing import Literal

from pydantic import Field

from seqdl_core.config import Config

BY_FILE = "(file)"
NO_LABELS = "(none)"
AT_RANDOM = "none"


class ImportChoices(Config):
    """The choices of an import. A page shows one control for each finding, the command line one flag for each field."""

    separator: Literal["auto", "tab", "comma", "semicolon"] = Field(
        "auto", title="Separator", description="What separates the columns of a table."
    )
    alphabet: Literal["auto", "dna", "rna", "protein"] = Field(
        "auto", title="Alphabet", description="What the letters stand for; T is read as U in RNA, U as T in DNA."
    )
    sequence_column: str = Field("", title="Sequence column", description="The column that holds the sequences.")
    label_column: str = Field(
        "",
        title="Label column",
        description=f"The column that holds the labels; {BY_FILE} for one file a class, {NO_LABELS} for none.",
    )
    positive_label: str = Field("", title="Positive label", description="The label that counts as 1.")
    name_column: str = Field(
        "", title="Name column", description=f"The column that names the rows; {NO_LABELS} numbers them."
    )
    test_file: str = Field(
        "", title="Test file", description=f"The file that is the test set; {AT_RANDOM} draws the test set at random."
    )
    test_fraction: float = Field(
        0.2, gt=0, lt=1, title="Test share", description="Share of the rows held back when the test set is drawn."
    )
    negatives: Literal["ask", "auto", "given", "shuffle"] = Field(
        "ask",
        title="Negatives",
        description="What to do when all training rows are positives: shuffle makes dinucleotide-shuffled negatives, "
        "auto does so where the test set holds both classes.",
    )
    ambiguous: Literal["refuse", "unknown"] = Field(
        "refuse",
        title="Ambiguous letters",
        description="unknown: read ambiguous letters as N (X in proteins), and count them.",
    )
    lengths: Literal["refuse", "pad", "crop"] = Field(
        "refuse",
        title="Unequal lengths",
        description="pad: fill shorter sequences at the end; crop: cut all to the shortest, keeping the middle.",
    )
    duplicates: Literal["keep", "drop"] = Field(
        "keep", title="Repeated sequences", description="drop: leave out repeats of a sequence with the same label."
    )
    seed: int = Field(1, ge=0, le=2**31 - 1, title="Seed", description="Draws the test set and its shuffles.")
