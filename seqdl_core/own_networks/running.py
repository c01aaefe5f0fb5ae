"""Running a file of one's own: from its source to an architecture like any other. Nothing else in SeqDL runs such code.

Callers have asked :func:`seqdl_core.own_networks.require_allowed` and checked the SHA-256; what runs are the very bytes
that were checked, not the file read again.
"""

import importlib.abc
import importlib.util
import sys
import traceback
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqdl_core.config import Config, fields_of
from seqdl_core.errors import ConfigError, SeqDLError
from seqdl_core.models import Architecture, InputShape, SequenceNetwork
from seqdl_core.own_networks import OwnNetwork, title
from seqdl_core.own_networks.source import summary_in
from seqdl_core.sequences.alphabets import ALPHABETS

TASKS = ("binary", "multiclass", "multilabel", "regression")
"""Tasks with T raw scores a sequence."""

_modules: dict[str, ModuleType] = {}
"""What ran in this process, by its SHA-256."""


class NoSettings(Config):
    """The settings of a network that has none."""


class Adapted(SequenceNetwork):
    """A person's module as a network of ours, held to the shape of its scores."""

    def __init__(self, network: nn.Module, own: OwnNetwork, targets: int) -> None:
        super().__init__()
        self.network = network
        self.own = own
        self.targets = targets

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T"]:
        with Explained(self.own, "cannot score sequences"):
            scores = self.network(one_hot)
        if not isinstance(scores, Tensor) or tuple(scores.shape) != (len(one_hot), self.targets):
            given = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
            raise ConfigError(
                f"forward gives {given} for {len(one_hot)} sequences instead of ({len(one_hot)}, {self.targets}).",
                where=title(self.own.architecture),
                fix="Return raw scores (N, T): a row for each sequence and a column for each of the targets.",
            )
        return scores


def architecture_of(own: OwnNetwork, source: bytes) -> Architecture:
    """Run the source, where that was not done in this process before, and describe its network.

    Raises:
        ConfigError: where it cannot be run or does not hold what it should.
    """
    where = title(own.architecture)
    if own.sha256 not in _modules:
        _modules[own.sha256] = _run(own, source)
    module = _modules[own.sha256]
    made = getattr(module, own.name, None)
    if not (isinstance(made, type) and issubclass(made, nn.Module)):
        raise ConfigError(
            f"{own.name} is no torch module.", where=where, fix=f"Write: class {own.name}(torch.nn.Module)."
        )
    settings = _settings_in(module, where)
    return Architecture(
        name=own.architecture,
        summary=summary_in(source, where) or "A network of your own, without a docstring that says what it does.",
        config=settings or NoSettings,
        build=partial(_build, own, made, settings is not None),
        tasks=TASKS,
        alphabets=tuple(alphabet.name for alphabet in ALPHABETS.values()),
        source=f"a file of your own, SHA-256 {own.sha256[:12]}…",
    )


def _build(own: OwnNetwork, made: Callable[..., nn.Module], configured: bool, config: Config, shape: InputShape) -> Any:
    if configured:
        made = partial(made, config=config)
    with Explained(own, f"cannot be built for {shape.length} letters"):
        return Adapted(made(letters=shape.letters, length=shape.length, targets=shape.targets), own, shape.targets)


def _settings_in(module: ModuleType, where: str) -> type[Config] | None:
    found = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Config) and one.__module__ == module.__name__
    ]
    if len(found) > 1:
        raise ConfigError(
            f"The file defines {len(found)} classes of settings.", where=where, fix="Keep one child of Config."
        )
    if not found:
        return None
    try:
        fields_of(found[0])
        found[0]()
    except (TypeError, ValueError) as problem:
        raise ConfigError(
            f"The settings in {found[0].__name__} cannot be drawn as a form: {_first_line(problem)}.",
            where=where,
            fix="Give each setting a default and one of the types int, float, bool, str or Literal.",
        ) from None
    return found[0]


class _Held(importlib.abc.SourceLoader):
    """Loads a module from bytes that are at hand; nothing is read from disk and nothing compiled is kept there."""

    def __init__(self, source: bytes, shown: str) -> None:
        self._source, self._shown = source, shown

    def get_filename(self, fullname: str) -> str:
        return self._shown

    def get_data(self, path: str) -> bytes:
        return self._source


def _run(own: OwnNetwork, source: bytes) -> ModuleType:
    name = f"seqdl_own_{own.sha256}"
    specification = importlib.util.spec_from_loader(name, _Held(source, _shown(own)))
    if specification is None or specification.loader is None:
        raise AssertionError("a loader was given")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # where dataclasses and pydantic look for a class's surroundings
    try:
        with Explained(own, "cannot be imported"):
            specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _shown(own: OwnNetwork) -> str:
    return f"<own network {own.sha256}>"


class Explained:
    """Whatever a person's code raises becomes an error in three parts that names the line; too little memory stays."""

    def __init__(self, own: OwnNetwork, what: str) -> None:
        self._own, self._what = own, what

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: Any) -> None:
        if not isinstance(problem, (Exception, SystemExit)):
            return
        if isinstance(problem, (MemoryError, torch.OutOfMemoryError, SeqDLError)):
            return
        lines = [frame.lineno for frame in traceback.extract_tb(trace) if frame.filename == _shown(self._own)]
        place = f", line {lines[-1]}" if lines else ""
        raise ConfigError(
            f"The network {self._what}: {type(problem).__name__}: {_first_line(problem)}",
            where=f"{title(self._own.architecture)}{place}",
            fix="Mend the line in the file and add it again.",
        ) from problem


def _first_line(problem: BaseException) -> str:
    return (str(problem).strip() or "no more was said").splitlines()[0][:300]
