"""A trained model is one ``.safetensors`` file: the weights, and in its metadata a card with all that its use needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import torch
from jaxtyping import Float
from pydantic import Field, ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn

from seqdl_core.config import Config, parse
from seqdl_core.errors import ConfigError, ModelFileError, UnknownName
from seqdl_core.files import replace_file
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.own_networks import PREFIX, architecture_named, title
from seqdl_core.sequences.alphabets import Alphabet, alphabet_named
from seqdl_core.tasks import TASKS, Normalisation, Task

_KEY = "seqdl"
_FIX = "Choose a run folder or a model.safetensors file that SeqDL wrote."


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
    _require_sense(card, architecture, path.name)
    try:
        config = parse(architecture.config, card.architecture_config, where="architecture_config")
        with torch.device("cpu" if card.architecture.startswith(PREFIX) else "meta"):  # a card may ask for any size
            network = build_network(architecture, config, shape_of(card), seed=0)
        tensors = load_file(path)
        if problem := misfit(network, tensors):
            raise ModelFileError(
                f"The weights do not fit the architecture '{title(card.architecture)}' that the file names. {problem}",
                where=path.name,
                fix="Use the file as SeqDL wrote it, or train the model again.",
            )
        network = build_network(architecture, config, shape_of(card), seed=0)
    except ConfigError as problem:
        raise ModelFileError(problem.what, where=f"{path.name}, {problem.where}", fix=problem.fix) from None
    except (SafetensorError, OSError, ValueError, KeyError):
        raise ModelFileError("The file is damaged or is not a model file.", where=path.name, fix=_FIX) from None
    network.load_state_dict(tensors)
    return Model(network.to(device), card)


def misfit(network: nn.Module, tensors: Mapping[str, Tensor], *, without_counts: bool = False) -> str:
    """Why tensors cannot be the weights of a network, as a sentence about the first of them; "" where they can.

    Args:
        network: whose ``state_dict`` tells names, shapes and types; it may be on the meta device.
        tensors: what is to be loaded into it: all of its tensors and no others, of finite numbers.
        without_counts: whether counts of batches (``num_batches_tracked``), kept by torch alone, may lack.
    """
    places = network.state_dict()
    needed = [key for key in places if not (without_counts and key.endswith(".num_batches_tracked"))]
    missing = [key for key in needed if key not in tensors]
    surplus = [key for key in tensors if key not in places]
    if missing:
        return f"Nothing fills '{missing[0]}' of the network{_and_more(missing)}."
    if surplus:
        return f"'{surplus[0]}' has no place in the network{_and_more(surplus)}."
    for key, place in places.items():
        tensor = tensors.get(key, place)
        if tensor is place:
            continue  # a count that may lack
        if tensor.shape != place.shape:
            return f"'{key}' of the network is {_size(place)}, and what is to fill it {_size(tensor)}."
        if tensor.dtype != place.dtype:
            return f"'{key}' holds {_kind(tensor)}; the network's are {_kind(place)}."
        if not bool(torch.isfinite(tensor).all()):
            return f"'{key}' holds numbers that are not finite (NaN or infinity)."
        if key.endswith("running_var") and bool((tensor < 0).any()):
            return f"'{key}' holds variances below zero."
    return ""


def _and_more(keys: list[str]) -> str:
    return f" (and {len(keys) - 1:,} more like it)" if len(keys) > 1 else ""


def _size(tensor: Tensor) -> str:
    return " x ".join(f"{size:,}" for size in tensor.shape) or "one number"


def _kind(tensor: Tensor) -> str:
    return f"numbers of the type {str(tensor.dtype).removeprefix('torch.')}"


def _architecture_of(card: ModelCard, where: str) -> Architecture:
    """What the card names; a network of a person's own runs only where it is allowed and its very file is kept."""
    try:
        return architecture_named(card.architecture)
    except (ConfigError, UnknownName) as problem:
        place = f"{where}, {problem.where}" if problem.where else where
        raise ModelFileError(problem.what, where=place, fix=problem.fix) from None


def _require_sense(card: ModelCard, architecture: Architecture, where: str) -> None:
    """Raise ModelFileError where a card contradicts itself, or the architecture that it names."""
    name = title(architecture.name)
    for what, chosen, offered in (
        ("task", card.task, architecture.tasks),
        ("alphabet", card.alphabet, architecture.alphabets),
    ):
        if chosen not in offered:
            _refuse(f"the {what} is '{chosen[:40]}', and {name} knows {', '.join(offered)}", where)
    by_class = card.task in ("multiclass", "residues", "masked")
    outputs, named = card.targets, len(card.label_names if by_class else card.target_names)
    if outputs != named:
        _refuse(
            f"it names {_counted(named, 'class' if by_class else 'target')} for {_counted(outputs, 'output')}", where
        )
    if by_class and outputs < 2:
        _refuse("it tells classes apart and has one alone", where)
    if card.task in ("binary", "contacts") and outputs != 1:
        _refuse(f"the task '{card.task}' has one output, and it has {outputs:,}", where)
    if card.task in ("binary", "multilabel") and len(card.label_names) != 2:
        _refuse(f"it names {_counted(len(card.label_names), 'label')} where there is yes or no", where)
    if bool(card.bins) != (TASKS.get(card.task).output == "bins"):
        _refuse(f"the task '{card.task}' does not go with {_counted(card.bins, 'bin')}", where)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}{'es' if what.endswith('s') else 's'}"


def _refuse(what: str, where: str) -> None:
    raise ModelFileError(
        f"The card of the file contradicts itself: {what}.",
        where=where,
        fix="Use the file as SeqDL wrote it, or train the model again.",
    )


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
    if not path.is_file():
        raise ModelFileError("There is no such model file.", where=str(path), fix=_FIX)
    try:
        with safe_open(path, framework="pt") as opened:
            metadata = opened.metadata() or {}
        return ModelCard.model_validate_json(metadata[_KEY])
    except KeyError:
        raise ModelFileError("The file holds weights but no SeqDL card.", where=path.name, fix=_FIX) from None
    except (SafetensorError, OSError, ValidationError):
        raise ModelFileError("The file is damaged or is not a model file.", where=path.name, fix=_FIX) from None
