"""The rules of a simulation, as the form, the command line and the data set know them."""

from typing import Literal

from pydantic import Field

from seqdl_core.config import Config

EXAMPLE_MOTIFS = ("MA0028", "MA0083")
"""ELK1 and SRF, which bind side by side (the ternary complex)."""


class Simulation(Config):
    """What is planted where; the form and the command line follow from it."""

    motifs: tuple[str, ...] = Field(
        EXAMPLE_MOTIFS,
        title="Motifs",
        description="JASPAR ids or factors such as ELK1, or typed: TGASTCA, AP1=TGASTCA, or a matrix with one row of "
        "numbers a position, mine=0.9 0 0.1 0/0.1 0.3 0.3 0.3.",
    )
    logic: str = Field(
        "",
        title="Logic",
        description="Which motifs make a positive, such as ELK1 and not SRF; empty: the first in 90 %, others in 50 %, "
        "so that some positives hold none.",
    )
    sequences: int = Field(4000, ge=8, le=1_000_000, title="Sequences", description="Half of them are positives.")
    length: int = Field(101, ge=8, le=100_000, title="Length", description="Letters of each sequence.")
    alphabet: Literal["dna", "rna", "protein"] = Field(
        "dna",
        title="Alphabet",
        description="RNA and proteins have one strand; motifs of proteins are typed.",
        json_schema_extra={"words": ["DNA", "RNA", "Protein"]},
    )
    background: Literal["random", "shuffled", "gc"] = Field(
        "random",
        title="Background",
        description="shuffled: given sequences with their dinucleotides; gc: random letters with the GC content of "
        "given sequences, sites counted.",
        json_schema_extra={"words": ["Random letters", "Shuffled sequences", "GC of sequences"]},
    )
    composition: tuple[float, ...] = Field(
        (),
        title="Composition",
        description="Shares of the letters in a random background, such as 0.3,0.2,0.2,0.3 for A, C, G, T.",
        json_schema_extra={"advanced": True},
    )
    spacing: str = Field(
        "", title="Spacing", description="Letters between neighbouring sites, such as 5-12; empty: anywhere."
    )
    order: Literal["free", "fixed"] = Field(
        "free",
        title="Order",
        description="fixed: from left to right in the order of the motifs.",
        json_schema_extra={"words": ["Any order", "Fixed order"]},
    )
    orientation: Literal["either", "+", "-", "same", "convergent", "divergent"] = Field(
        "either",
        title="Orientation",
        description="Strands of the sites; convergent: neighbours point at each other, divergent: away.",
        json_schema_extra={
            "words": ["Either strand", "Forward", "Reverse", "All the same", "Convergent", "Divergent"],
        },
    )
    copies: str = Field("1", title="Copies", description="Sites of each motif that is there, such as 2 or 1-3.")
    misplaced_decoys: bool = Field(
        False,
        title="Misplaced decoys",
        description="Adds negatives with the motifs of a positive that break spacing, order or orientation.",
    )
    threshold: float = Field(
        0.85,
        ge=0.5,
        le=1,
        title="Site threshold",
        description="How far up from the lowest to the highest score of a matrix a word reads as a site.",
        json_schema_extra={"advanced": True},
    )
    task: Literal["binary", "regression"] = Field(
        "binary",
        title="Task",
        description="regression: a strength, the sum of the sites' scores plus noise; 0 where the logic does not hold.",
        json_schema_extra={"words": ["Binary", "Regression"]},
    )
    noise: float = Field(
        1.0, ge=0, le=1000, title="Noise", description="For regression: its spread, in the unit of the scores (bits)."
    )
    test_share: float = Field(0.25, ge=0.05, le=0.9, title="Test share", description="Share of each class held back.")
    seed: int = Field(1, ge=0, le=2**31 - 1, title="Seed", description="Draws sequences, sites and shuffles.")
