"""Official weights: one file a source, from the tensors that a paper's authors published to a model file of ours.

A converter reads a file that a person has (:attr:`Converter.reads`) and says which of its tensors goes where in our
network (:class:`Translated`). Everything else is the same for all and stands here: the settings are parsed, the network
is built, each tensor must find its place and each place its tensor, and the model file gets its card.

    CONVERTER = Converter(
        name="kipoi-deepsea",
        title="DeepSEA as Kipoi publishes it for PyTorch",
        architecture="deepsea",
        reads="a .pth file of tensors",
        source="zenodo 1466993",
        licence="CC BY 3.0",
        task="multilabel",
        length=1000,
        translate=_translate,
    )

    def _translate(wish: Wish) -> Translated:
        found = Tensors(read_torch_file(wish.path), wish.path.name)
        tensors = {"output.weight": found.take("14.1.weight"), ...}
        found.finish()                                    # a tensor that nobody took is refused by its name
        return Translated(wish.config, tensors, len(tensors["output.weight"]))

``_tensors.Tensors`` is the list of a file's tensors that each converter ticks off; ``_torch_file``, ``_hdf5`` and
their like read formats, and never execute anything. Nothing lists the converters; :data:`CONVERTERS` finds them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from seqdl_core.config import Config, parse
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.model_file import ModelCard, build_network, misfit, save_model, shape_of
from seqdl_core.models import ARCHITECTURES, SequenceNetwork
from seqdl_core.registry import Registry


@dataclass(frozen=True)
class Wish:
    """What a converter is asked for.

    Attributes:
        path: the file (or folder, where the source is one) to read.
        config: the architecture's settings: the published ones and, over them, the person's.
        chosen: the names of the settings that the person gave, for a converter whose file decides some of them.
        length: L, the input length that the model file is to have.
    """

    path: Path
    config: Any
    chosen: tuple[str, ...]
    length: int

    def decided(self, found: Mapping[str, Any]) -> Any:
        """The settings with those that the file itself decides.

        Raises:
            ConfigError: where the person chose another value than the file holds, or ours cannot be so.
        """
        for name, value in found.items():
            if name in self.chosen and getattr(self.config, name) != value:
                raise ConfigError(
                    f"'{name}' is {value} in the file; you asked for {getattr(self.config, name)}.",
                    where="--config",
                    fix=f"Leave {name} away: the file decides it.",
                )
        return parse(type(self.config), {**self.config.model_dump(), **found}, where=self.path.name)


@dataclass(frozen=True)
class Translated:
    """A brought file in the terms of our network.

    Attributes:
        config: the network's settings; ``wish.config``, unless the file decides some.
        tensors: by the names of our network's ``state_dict``, shaped and ordered as there.
        targets: T, the number of outputs (or of classes of residues).
        bins: B, for tracks.
        alphabet: its name; empty for the converter's.
    """

    config: Config
    tensors: Mapping[str, Tensor]
    targets: int
    bins: int = 0
    alphabet: str = ""


@dataclass(frozen=True)
class Converter:
    """A source of official weights.

    Attributes:
        name: what a person types after ``--from``; of letters, digits and hyphens.
        title: what the source is, as a sentence names it.
        architecture: the name of our network.
        reads: what file the person needs.
        source: where the authors published it.
        licence: of the weights, as the authors say it; it goes into the model file.
        task: what the weights were trained for.
        length: L of the published network; a person may ask for another where the network takes any.
        translate: reads the file and says which tensor goes where; raises ModelFileError or ConfigError.
        alphabet: the name of the alphabet the network reads.
        settings: settings that published weights need and that differ from the architecture's defaults.
        label_names: what the outputs are called where each is a class of residues.
        target_names: what the outputs are called, in their order, where the source has few; numbered where empty.
    """

    name: str
    title: str
    architecture: str
    reads: str
    source: str
    licence: str
    task: str
    length: int
    translate: Callable[[Wish], Translated]
    alphabet: str = "dna"
    settings: Mapping[str, Any] = field(default_factory=dict)
    label_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()


_LONGEST = 10_000_000
_MOST_TARGETS = 100_000
CONVERTERS: Registry[Converter] = Registry("source of official weights", "seqdl_core.conversion", "CONVERTER")


def convert(
    name: str,
    path: Path,
    out: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    length: int | None = None,
    target_names: Sequence[str] = (),
) -> ModelCard:
    """Read the official weights of one source and write a model file.

    Args:
        name: of the converter.
        path: the file that the person has.
        out: the model file to write; a file of this name is replaced.
        settings: of the architecture, where the brought network differs from the published one.
        length: L; the published one where it is not given.
        target_names: what the T targets are called; as the source calls them, or numbered, where not given.

    Returns:
        The card that was written.

    Raises:
        UnknownName: for a source there is not.
        ConfigError: for settings the architecture does not take, or names that are not as many as targets.
        ModelFileError: for a file that is missing, damaged, something else than it should be, or whose tensors do not
            fit the network one by one.
    """
    converter, settings = CONVERTERS.get(name), settings or {}
    if not path.exists():
        raise ModelFileError("There is no such file.", where=str(path), fix=f"Give {converter.reads}.")
    if out.resolve() == path.resolve():
        raise ConfigError("The model file would replace the file it is made from.", where="--out", fix="Name another.")
    architecture = ARCHITECTURES.get(converter.architecture)
    config = parse(architecture.config, {**converter.settings, **settings}, where="--config")
    wish = Wish(path, config, tuple(settings), converter.length if length is None else length)
    if not 1 <= wish.length <= _LONGEST:
        raise ConfigError(f"{length} is no length.", where="--length", fix=f"Give 1 to {_LONGEST:,}.")
    translated = converter.translate(wish)
    if not 1 <= translated.targets <= _MOST_TARGETS:
        _refuse(f"The file makes a network of {translated.targets:,} outputs.", path.name)
    card = _card(converter, wish, translated, target_names)
    shape = shape_of(card)
    with torch.device("meta"):  # settings that the file does not fit may ask for any size, so nothing is allocated yet
        draft = build_network(architecture, translated.config, shape, seed=0)
    require_fit(draft, translated.tensors, path.name)
    network = build_network(architecture, translated.config, shape, seed=0)
    load_strictly(network, translated.tensors, path.name)
    save_model(out, network, card)
    return card


def load_strictly(network: SequenceNetwork, tensors: Mapping[str, Tensor], where: str) -> None:
    """Put each tensor in its place; counts of batches (``num_batches_tracked``), which Keras does not keep, may lack.

    Raises:
        ModelFileError: as :func:`require_fit`.
    """
    require_fit(network, tensors, where)
    network.load_state_dict({**network.state_dict(), **tensors})


def require_fit(network: SequenceNetwork, tensors: Mapping[str, Tensor], where: str) -> None:
    """Refuse tensors that are not those of the network.

    Raises:
        ModelFileError: naming what :func:`seqdl_core.model_file.misfit` found.
    """
    if problem := misfit(network, tensors, without_counts=True):
        _refuse(f"The file does not fit our network with these settings. {problem}", where)


def _refuse(what: str, where: str) -> None:
    fix = "Check that the file is of the source you named, and give with --config what differs from the published one."
    raise ModelFileError(what, where=where, fix=fix)


def _card(converter: Converter, wish: Wish, translated: Translated, target_names: Sequence[str]) -> ModelCard:
    from platform import python_version

    from seqdl_core import __version__

    return ModelCard(
        architecture=converter.architecture,
        architecture_config=translated.config.model_dump(mode="json"),
        alphabet=translated.alphabet or converter.alphabet,
        task=converter.task,
        length=wish.length,
        targets=translated.targets,
        bins=translated.bins,
        target_names=_target_names(converter, translated.targets, target_names),
        label_names=_label_names(converter, translated.targets),
        training={
            "converted_from": converter.name,
            "source": converter.source,
            "file": wish.path.name,
            "file_sha256": _sha256(wish.path),
        },
        versions={"seqdl": __version__, "torch": torch.__version__, "python": python_version()},
        licence=converter.licence,
    )


def _target_names(converter: Converter, targets: int, given: Sequence[str]) -> tuple[str, ...]:
    """One name a target; a network of classes of residues has one target, whose classes are labels."""
    wanted = 1 if converter.label_names else targets
    if not given:
        if len(converter.target_names) == wanted:
            return converter.target_names
        return ("label",) if wanted == 1 else tuple(f"target {number}" for number in range(1, wanted + 1))
    if len(given) != wanted:
        raise ConfigError(
            f"There are {len(given):,} target names for {wanted:,} targets.",
            where="--targets",
            fix="Give one name a line, in the order of the network's outputs.",
        )
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"Two targets are called '{twice}'.", where="--targets", fix="Give each a name of its own.")
    return tuple(given)


def _label_names(converter: Converter, targets: int) -> tuple[str, ...]:
    """What classes are called: yes or no where each target is one of these, nothing where targets are measured."""
    if converter.task in ("binary", "multilabel"):
        return ("0", "1")
    if not converter.label_names or len(converter.label_names) == targets:
        return converter.label_names
    return tuple(f"class {number}" for number in range(1, targets + 1))


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
