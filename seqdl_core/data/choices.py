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
    decimal: Literal["auto", "point", "comma"] = Field(
        "auto", title="Decimal sign", description="Whether 1,5 in a table is one and a half."
    )
    table: str = Field(
        "", title="Table", description="Of several tables of the same sequences the one to use, by its file's name."
    )
    sheet: str = Field("", title="Sheet", description="The sheet of a workbook; by default the first with sequences.")
    alphabet: Literal["auto", "dna", "rna", "protein"] = Field(
        "auto", title="Alphabet", description="What the letters stand for; T is read as U in RNA, U as T in DNA."
    )
    strands: Literal["auto", "both", "given"] = Field(
        "auto",
        title="Strands",
        description="both: a sequence of DNA and its reverse complement mean the same; given: it is read as it stands; "
        "auto: as the letters tell.",
    )
    sequence_column: str = Field("", title="Sequence column", description="The column that holds the sequences.")
    label_column: str = Field(
        "",
        title="Label column",
        description=f"The column that holds the labels, or several with ; between them; {BY_FILE} for one file a "
        f"class, {NO_LABELS} for none.",
    )
    task: Literal[
        "auto", "binary", "multiclass", "multilabel", "regression", "residues", "tracks", "contacts", "unlabelled"
    ] = Field(
        "auto",
        title="Task",
        description="What is to be learned from the labels; tracks: a value for each bin along a sequence, contacts: "
        "which positions pair.",
    )
    direction: Literal["auto", "better", "worse"] = Field(
        "auto", title="Direction", description="Whether a higher number is better or worse."
    )
    positive_label: str = Field(
        "",
        title="Positive label",
        description="The label that counts as 1, or several with ; between them; all others count as 0, so that more "
        "than two classes become two.",
    )
    name_column: str = Field(
        "", title="Name column", description=f"The column that names the rows; {NO_LABELS} numbers them."
    )
    split_column: str = Field(
        "", title="Split column", description=f"The column that tells training from test; {NO_LABELS} for none."
    )
    test_folds: str = Field(
        "", title="Test folds", description="The folds that are the test set, with , between them; by default the last."
    )
    group_column: str = Field(
        "",
        title="Group column",
        description="Rows that share a value here are related: they stay on one side of a split that is drawn, unless "
        "another way to split is chosen.",
    )
    test_file: str = Field(
        "", title="Test file", description=f"The file that is the test set; {AT_RANDOM} draws the test set."
    )
    split_way: Literal[
        "auto", "random", "stratified", "chromosome", "group", "overlap", "similarity", "contiguous", "modulo"
    ] = Field(
        "auto",
        title="Split",
        description="How the test set is drawn; auto follows files and columns, and where none tells it draws by group "
        "or by overlap where groups or overlapping intervals are known, else at random.",
    )
    test_fraction: float = Field(
        0.2, gt=0, lt=1, title="Test share", description="Share of the rows held back when the test set is drawn."
    )
    genome: str = Field(
        "", title="Genome", description="FASTA file that intervals and variants refer to: one of the files, or a path."
    )
    counting: Literal["auto", "from 0", "from 1"] = Field(
        "auto", title="Coordinates", description="from 0: half-open as in BED; from 1: closed as in GFF and VCF."
    )
    window: int = Field(
        0, ge=0, le=1_000_000, title="Window", description="Letters around each summit or middle; 0: as brought."
    )
    track_value: Literal["mean", "sum", "max"] = Field(
        "mean", title="Track value", description="What a track gives to a window, or to a bin of it."
    )
    bin: int = Field(
        0,
        ge=0,
        le=1_000_000,
        title="Bin width",
        description="For the task tracks, how many letters are measured together; 0: 128, or the widest half, quarter "
        "... of it that fills the windows.",
    )
    feature: str = Field(
        "",
        title="Feature",
        description="The type of feature (gene, exon) that makes the rows of a GFF file; (all) for every type, each a "
        "class.",
    )
    records: Literal["auto", "whole", "features"] = Field(
        "auto", title="Rows", description="Whether a row is a whole annotated record, or each of its features."
    )
    wild_type: str = Field(
        "", title="Wild type", description="The sequence that mutants differ from: letters, or the name of a file."
    )
    first_position: str = Field(
        "", title="First position", description="The number that the mutants give to the wild type's first letter."
    )
    negatives: Literal["ask", "auto", "given", "shuffle", "genome"] = Field(
        "ask",
        title="Negatives",
        description="What to do when all training rows are positives: shuffle makes dinucleotide-shuffled negatives, "
        "auto does so where the test set holds both classes, genome takes windows of the genome that match "
        "the positives in length and in G and C.",
    )
    ambiguous: Literal["auto", "refuse", "unknown"] = Field(
        "auto",
        title="Ambiguous letters",
        description="unknown, and auto: read ambiguous letters as N (X in proteins), and count them; refuse: name the "
        "first.",
    )
    lengths: Literal["auto", "refuse", "pad", "crop"] = Field(
        "auto",
        title="Unequal lengths",
        description="pad: fill shorter sequences at the end; crop: cut all to the shortest, keeping the middle; "
        "refuse: name the first; auto: pad where that fits into memory.",
    )
    bad_rows: Literal["refuse", "drop"] = Field(
        "refuse",
        title="Bad rows",
        description="drop: leave out rows without a sequence or a label, or with foreign letters, and count them.",
    )
    reverse_copies: Literal["drop", "keep"] = Field(
        "drop",
        title="Reverse-complement copies",
        description="What to do with rows that a table marks as copies of other rows on the other strand.",
    )
    duplicates: Literal["keep", "drop"] = Field(
        "keep", title="Repeated sequences", description="drop: leave out repeats of a sequence with the same label."
    )
    seed: int = Field(1, ge=0, le=2**31 - 1, title="Seed", description="Draws the test set and its shuffles.")
