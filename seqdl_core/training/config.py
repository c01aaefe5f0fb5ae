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
        True, title="Random strand", description="Shows each sequence of DNA on a random strand.",
        json_schema_extra={"counts": {"both_ways": [True]}},
    )  # fmt: skip
    shift: int = Field(
        0, ge=0, le=1000, title="Shift", description="Moves each sequence by up to this many positions at random.",
        json_schema_extra={"counts": {"output": ["sequence", "positions", "letters", "pairs"]}},
    )  # fmt: skip
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
        json_schema_extra={"advanced": True, "counts": {"alphabet": ["protein"]}},
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
        json_schema_extra={"advanced": True, "counts": {"normalises": [True]}},
    )
    label_smoothing: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Label smoothing",
        description="Share of the truth moved to the other answers; helps where some labels are wrong.",
        json_schema_extra={"advanced": True},
    )
    class_weights: bool = Field(
        False,
        title="Class weights",
        description="Counts rare classes more, so that each has the same say; probabilities then overstate rare ones.",
        json_schema_extra={"advanced": True},
    )
    focal: float = Field(
        0.0,
        ge=0,
        le=5,
        title="Focal loss",
        description="Counts answers that are right with confidence less, so that hard ones count more; 2 is usual.",
        json_schema_extra={"advanced": True},
    )
    balanced: bool = Field(
        False,
        title="Balanced drawing",
        description="Shows each class equally often: rows of rare classes come several times in an epoch.",
        json_schema_extra={"advanced": True},
    )
    first_layer_l1: float = Field(
        0.0,
        ge=0,
        le=1,
        title="First-layer L1",
        description="Pulls the weights that look at letters to exactly nothing, for cleaner motifs; 1e-4 is a start.",
        json_schema_extra={"advanced": True},
    )
    schedule: Literal["one-cycle", "cosine", "constant"] = Field(
        "one-cycle",
        title="Schedule",
        description="one-cycle: the rate rises over a tenth of the steps, then falls; cosine: it only falls.",
        json_schema_extra={"advanced": True},
    )
    clip: float = Field(
        1.0,
        ge=0,
        le=1000,
        title="Gradient clipping",
        description="Longest step's gradient; longer ones are shortened, which stops explosions. 0 leaves them.",
        json_schema_extra={"advanced": True},
    )
    averaging: float = Field(
        0.999,
        ge=0,
        lt=1,
        title="Weight averaging",
        description="How slowly the average of the weights, which is kept, follows them; 0: no average.",
        json_schema_extra={"advanced": True},
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        title="Precision",
        description="auto: bfloat16 where this machine is measured to train faster with it. Scores are always float32.",
        json_schema_extra={"advanced": True},
    )
    watch: Literal["auto", "loss", "auroc", "auprc", "accuracy", "macro_auroc", "spearman", "pearson"] = Field(
        "auto",
        title="Watched figure",
        description="Which figure on the validation part says when the model is best; auto: the task's own.",
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
