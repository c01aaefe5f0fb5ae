"""The settings of a training run, as the form, the command line and the run folder know them."""

from typing import Literal

from pydantic import Field

from seqdl_core.config import Config


class TrainingConfig(Config):
    """How a network is trained. The defaults suit a few thousand sequences on two processor cores."""

    epochs: int = Field(
        30, ge=1, le=1000, title="Epochs", description="How many times training goes through all sequences."
    )
    epoch_size: int = Field(
        16384,
        ge=64,
        le=2**30,
        title="Epoch size",
        description="Most sequences in one epoch, negatives counted; a larger set is seen in random parts.",
    )
    batch_size: int = Field(
        64, ge=1, le=65536, title="Batch size", description="Sequences looked at before each small step."
    )
    learning_rate: float = Field(
        4e-3, gt=0, le=10, title="Learning rate", description="The largest step size; it rises, then falls to nothing."
    )
    weight_decay: float = Field(
        1e-2, ge=0, le=10, title="Weight decay", description="Pulls weights towards zero; curbs memorising."
    )
    reverse_complement: bool = Field(
        True, title="Random strand", description="Shows each sequence of DNA on a random strand."
    )
    shift: int = Field(
        0, ge=0, le=1000, title="Shift", description="Moves each sequence by up to this many positions at random."
    )
    mutation_rate: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Random mutation",
        description="Share of the letters replaced by any other each time a sequence is shown.",
        json_schema_extra={"advanced": True},
    )
    substitution_rate: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Substitution",
        description="For proteins: share of the amino acids replaced by a related one, as BLOSUM62 finds likely.",
        json_schema_extra={"advanced": True},
    )
    noise: float = Field(
        0.0,
        ge=0,
        le=2,
        title="Noise",
        description="Spread of the Gaussian noise added to the one-hot letters each time they are shown.",
        json_schema_extra={"advanced": True},
    )
    normalisation: Literal["auto", "none", "z-score", "quantile", "log"] = Field(
        "auto",
        title="Normalisation",
        description="For measured values: how they are scaled for training; undone in all results. auto: z-score.",
        json_schema_extra={"advanced": True},
    )
    patience: int = Field(
        0,
        ge=0,
        le=1000,
        title="Patience",
        description="Stops after this many epochs without a better validation; 0 never.",
    )
    validation_fraction: float = Field(
        0.1, ge=0.02, le=0.5, title="Held back for validation", description="Share of the training part used to watch."
    )
    seed: int = Field(
        1, ge=0, le=2**31 - 1, title="Seed", description="The same seed gives the same run on the same machine."
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", title="Device", description="Where to compute; auto takes a GPU where there is one."
    )
