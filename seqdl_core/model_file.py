"""A trained model is one ``.safetensors`` file: the weights, and in its metadata a card with all that its use needs."""

import json
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float
from pydantic import Field, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from seqdl_core.config import Config, parse
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.files import replace_file
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.own_networks import architecture_named
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named
from seqdl_core.tasks import TASKS, Normalisation, Task

_KEY = "seqdl"


class ModelCard(Config):
    """What a model file says about itself.

    ``architecture`` is a name, of a network of a person's own with the SHA-256 of its file (``own:NAME:SHA256``).
    ``directed`` means that DNA is read as it stands, as :class:`Alphabet` says. ``length`` is L, the input length in
    letters; shorter sequences are padded at the end with the unknown letter. ``targets`` is T, the number of outputs:
    one a class for ``multiclass``, one a target otherwise, which ``target_names`` names; ``bins`` is B, for tracks
    alone. ``normalisation`` is what was done to measured values before training; the model undoes it. ``negatives``
    tells what the model learned to tell positives from. ``metrics`` holds what was measured at the end of training,
    with the part of the data in the name (``validation_auroc``).
    """

    format: Literal[1] = 1
    architecture: str
    architecture_config: dict[str, Any] = Field(default_factory=dict)
    alphabet: str
    directed: bool = False
    task: str
    length: int = Field(ge=1, le=10_000_000)
    targets: int = Field(1, ge=1, le=100_000)
    bins: int = Field(0, ge=0, le=10_000_000)
    target_names: tuple[str, ...] = ("label",)
    label_names: tuple[str, ...] = ("0", "1")
    normalisation: Normalisation = Normalisation()
    negatives: str = "given"
    padding: str = "end, unknown letter"
    data_name: str = ""
    data_hash: str = ""
    training: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    licence: str = "Belongs to whoever trained it"


class Model:
    """A trained network with its card. It is a predictor: ``model(one_hot)`` maps ``(N, A, L)`` to ``(N, T)``,
    or to ``(N, T, ...)`` where the task asks for positions, bins or pairs.

    Scores of measured values are in the unit that the values were brought in: normalisation is undone here and
    nowhere else, so that nothing that asks a model can forget it.
    """

    def __init__(self, network: SequenceNetwork, card: ModelCard) -> None:
        self.network = network.eval()
        self.card = card

    @property
    def name(self) -> str:
        return self.card.architecture

    @property
    def alphabet(self) -> Alphabet:
        return alphabet_named(self.card.alphabet, self.card.directed)

    @property
    def task(self) -> Task:
        return TASKS.get(self.card.task)

    @property
    def device(self) -> torch.device:
        return next(self.network.parameters()).device

    def __call__(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        return self.in_units(self.network(one_hot))

    def in_units(self, scores: Float[Tensor, "N T ..."]) -> Float[Tensor, "N T ..."]:
        """What the network puts out in the unit of the targets."""
        if not self.task.normalises:
            return scores
        return self.card.normalisation.undo_tensor(scores)


def build_network(
    architecture: Architecture, config: Config, shape: InputShape, seed: int | None = None
) -> SequenceNetwork:
    """A fresh network; with a seed its weights are the same every time, and torch's own generator is left as it was.

    Raises:
        ConfigError: when the shape does not fit the settings; nothing is built then.
    """
    architecture.check(config, shape)
    if seed is None:
        return architecture.build(config, shape)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return architecture.build(config, shape)


def save_model(path: Path, network: SequenceNetwork, card: ModelCard) -> None:
    """Write the model file; a reader sees the old file or the new one, never a part."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    replace_file(path, save(tensors, {_KEY: card.model_dump_json()}))


def load_model(path: Path, device: str = "cpu") -> Model:
    """Read a model file. Only tensors and JSON are read; nothing in the file is ever executed.

    A network of a person's own is run from the file that is kept here (:mod:`seqdl_core.own_networks`), if at all.

    Raises:
        ModelFileError: if it is missing, damaged, not SeqDL's, or its weights do not fit the architecture it names.
    """
    card = read_card(path)
    architecture = _architecture_of(card, path.name)
    config = parse(architecture.config, card.architecture_config, where=path.name)
    shape = shape_of(card)
    try:
        network = build_network(architecture, config, shape, seed=0)
        network.load_state_dict(load_file(path))
    except (RuntimeError, SafetensorError) as problem:
        raise ModelFileError(
            f"The weights do not fit the architecture '{card.architecture}' that the file names.",
            where=path.name,
            fix=f"Use the file as it was written. ({str(problem).splitlines()[0]})",
        ) from None
    return Model(network.to(device), card)


def _architecture_of(card: ModelCard, where: str) -> Architecture:
    """What the card names; a network of a person's own runs only where it is allowed and its very file is kept."""
    try:
        return architecture_named(card.architecture)
    except ConfigError as problem:
        raise ModelFileError(problem.what, where=f"{where}, {problem.where}", fix=problem.fix) from None


def shape_of(card: ModelCard) -> InputShape:
    """What the network of a model file was built for."""
    task = TASKS.get(card.task)
    return InputShape(
        alphabet_named(card.alphabet, card.directed),
        card.length,
        card.targets,
        task.output,
        card.bins,
        task.hide is not None,
    )


def read_card(path: Path) -> ModelCard:
    """The card of a model file, without its weights."""
    fix = "Choose a run folder or a model.safetensors file that SeqDL wrote."
    if not path.is_file():
        raise ModelFileError("There is no such model file.", where=str(path), fix=fix)
    try:
        with safe_open(path, framework="pt") as opened:
            metadata = opened.metadata() or {}
        return ModelCard.model_validate(json.loads(metadata[_KEY]))
    except KeyError:
        raise ModelFileError("The file holds weights but no SeqDL card.", where=path.name, fix=fix) from None
    except (SafetensorError, OSError, json.JSONDecodeError, ValidationError):
        raise ModelFileError("The file is damaged or is not a model file.", where=path.name, fix=fix) from None
