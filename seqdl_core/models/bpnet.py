"""BPNet: reads at every single base, as the shape of a profile times the number of reads in all.

Avsec et al., "Base-resolution models of transcription-factor binding reveal soft motif syntax", Nature Genetics 53:354
(2021), doi 10.1038/s41588-021-00782-6. Sequence and profile are 1,000 bases long:

    step      shape          what happens
    scan      (N, 64, L)     64 filters of width 25 learn motifs; ReLU
    dilated   (N, 64, L)     nine layers of width 3 whose taps stand 2, 4, ..., 512 bases apart; ReLU of what each finds
                             is added to what it was given
    profile   (N, T, L)      transposed convolution of width 25: the logits of where the reads of a track fall
    counts    (N, T)         mean over all positions, then dense: the logarithm of how many there are

For four factors with two strands each, T = 8, these are 130,960 parameters. What a base is known by reaches 1,034 bases
to both sides before the profile's own filters. The paper has a head for each factor with both strands as its outputs;
side by side these are one transposed convolution and one dense layer, so that T need not be even. Its bias track (a
control experiment) is not an input here.

The raw score of a track is the logarithm of the reads expected at each base: log softmax(profile) + log counts. The
Poisson loss of these is the paper's multinomial loss of the profile plus a Poisson loss of the total; the paper's own
takes the squared error of log(1 + total) for the second part: :func:`bpnet_loss`.

``crop`` leaves bases at both ends without a profile, since they see too little of their surroundings. The preset
``wide`` has the sizes of the authors' later work, which reads 2,114 bases for a profile of 1,000 and pads nothing: its
outermost profile reaches 557 bases, as far as is cropped, so padding does not touch it here either. (The later network
takes the ReLU before each convolution and hands on unrectified sums; this one stays with the paper.)
"""

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from seqdl_core.config import Config
from seqdl_core.errors import ConfigError
from seqdl_core.models import Architecture, FilterNetwork, InputShape
from seqdl_core.models._bins import Odd, middle
from seqdl_core.sequences.alphabets import DNA


class BpnetConfig(Config):
    filters: int = Field(
        64,
        ge=4,
        le=1024,
        title="Filters",
        description="How many motifs the first layer may learn; width of all layers.",
    )
    filter_width: Odd = Field(
        25, ge=3, le=75, title="Filter width", description="An odd number, a little wider than the longest motif."
    )
    dilated_layers: int = Field(
        9, ge=0, le=12, title="Dilated layers", description="Each looks twice as far as the one before."
    )
    profile_width: Odd = Field(
        25, ge=1, le=101, title="Profile width", description="An odd number: bases over which a footprint is drawn."
    )
    crop: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Crop",
        description="Bases at each end for which no reads are predicted.",
        json_schema_extra={"advanced": True},
    )

    def bin_width(self) -> int:
        """Letters in a bin: every base is one."""
        return 1


class Bpnet(FilterNetwork):
    def __init__(self, config: BpnetConfig, shape: InputShape) -> None:
        super().__init__()
        width = config.filters
        self.filter_width = config.filter_width
        self.scan_offset = config.filter_width // 2
        self.bins = shape.bins
        self.filters = nn.Conv1d(shape.letters, width, config.filter_width, padding=config.filter_width // 2)
        self.dilated = nn.ModuleList(
            nn.Conv1d(width, width, 3, dilation=2**power, padding=2**power)
            for power in range(1, config.dilated_layers + 1)
        )
        self.profile = nn.ConvTranspose1d(
            width, shape.targets, config.profile_width, padding=config.profile_width // 2
        )  # fmt: skip
        self.counts = nn.Linear(width, shape.targets)

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T B"]:
        profile, log_count = self.parts(one_hot)
        return profile.log_softmax(-1) + log_count[..., None]

    def parts(self, one_hot: Float[Tensor, "N A L"]) -> tuple[Float[Tensor, "N T B"], Float[Tensor, "N T"]]:
        """Profile logits, and logarithms of the expected totals."""
        features = torch.relu(self.scan(one_hot))
        for layer in self.dilated:
            features = features + torch.relu(layer(features))
        return middle(self.profile(features), self.bins), self.counts(features.mean(-1))

    def scan(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N F P"]:
        answers: Tensor = self.filters(one_hot)
        return answers


def bpnet_loss(
    profile: Float[Tensor, "N T B"],
    log_count: Float[Tensor, "N T"],
    reads: Float[Tensor, "N T B"],
    count_weight: float,
) -> Float[Tensor, ""]:
    """The paper's loss: how unlikely the reads' places are, given their number, plus how far that number is off.

    Both parts are means over sequences and tracks; every base must have been measured.

    Args:
        profile: logits of where reads fall.
        log_count: predicted log(1 + total).
        reads: counts at each base.
        count_weight: lambda; half the mean number of reads in a track makes both parts weigh the same.
    """
    total = reads.sum(-1)
    arrangements = torch.lgamma(total + 1) - torch.lgamma(reads + 1).sum(-1)
    places = -arrangements - (reads * profile.log_softmax(-1)).sum(-1)
    number = (log_count - torch.log1p(total)).square()
    return places.mean() + count_weight * number.mean()


def check(config: BpnetConfig, shape: InputShape) -> None:
    """Raises ConfigError unless there is one bin for each base that is not cropped."""
    expected = shape.length - 2 * config.crop
    if expected < 1:
        raise ConfigError(
            f"Nothing is left of {shape.length:,} bases when {config.crop:,} are cropped at each end.",
            where="crop",
            fix=f"Crop fewer, or bring sequences of more than {2 * config.crop:,} bases.",
        )
    if shape.bins != expected:
        raise ConfigError(
            f"bpnet counts reads at single bases: {expected:,} bins for sequences of {shape.length:,} bases"
            f"{f' with {config.crop:,} cropped at each end' if config.crop else ''}, not {shape.bins:,}.",
            where=f"bpnet on {shape.bins:,} bins",
            fix=_cure(shape),
        )


def _cure(shape: InputShape) -> str:
    rest = shape.length - shape.bins
    if shape.bins < 1 or rest < 0 or rest % 2:
        return f"Bring one count for each of the {shape.length:,} bases."
    return f"Set crop={rest // 2} if these are single bases in the middle; else bring a count for each."


ARCHITECTURE = Architecture(
    name="bpnet",
    summary="Convolutions that see ever farther; counts at every single base, as a profile times a total.",
    config=BpnetConfig,
    build=Bpnet,
    tasks=("tracks",),
    alphabets=("dna",),
    source="Avsec et al. 2021, doi 10.1038/s41588-021-00782-6",
    year=2021,
    published=InputShape(DNA, 1000, 8, "bins", 1000),
    presets={
        "small": BpnetConfig(filters=24, dilated_layers=6),
        "wide": BpnetConfig(filter_width=21, dilated_layers=8, profile_width=75, crop=557),
    },
    fits=check,
)
