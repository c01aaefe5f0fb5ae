"""No knob does nothing in silence: a setting counts exactly where its declaration says so, over the whole registry."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from seqdl_core.config import FACTS, Config, ConfigField, fields_of, idle_settings
from seqdl_core.errors import SeqDLError
from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, Architecture, InputShape
from seqdl_core.sequences.alphabets import alphabet_named
from seqdl_core.tasks import TASKS, facts_of
from tests.models.jobs import lived_in, padded_batch

TINY: dict[str, dict[str, Any]] = {
    "basenji": {"filters": 4, "filter_width": 3, "tower_blocks": 2, "tower_first": 4, "tower_last": 4,
                "dilated_blocks": 2, "dilated_channels": 4, "final_channels": 4},
    "basset": {"filters": 4, "filter_width": 3, "pool": 2, "channels": 4, "width_2": 3, "width_3": 3, "later_pool": 2,
               "hidden": 4},
    "beluga": {"filters": 4, "filter_width": 3, "pool": 2, "channels_2": 4, "channels_3": 4, "hidden": 4},
    "bpnet": {"filters": 4, "filter_width": 5, "dilated_layers": 2, "profile_width": 5},
    "cnn": {"filters": 4, "filter_width": 5, "channels": 6, "hidden": 4, "weightings": 2},
    "contact_map": {"width": 8, "layers": 1, "heads": 2, "pair_channels": 4, "pair_blocks": 1},
    "conv_transformer": {"filters": 4, "filter_width": 5, "pool": 2, "width": 8, "layers": 1, "heads": 2, "hidden": 4},
    "danq": {"filters": 4, "filter_width": 5, "pool": 4, "memory": 4, "hidden": 4},
    "deepbind": {"filters": 4, "filter_width": 6},
    "deepsea": {"filters": 4, "filter_width": 3, "pool": 2, "channels_2": 4, "channels_3": 4, "hidden": 4},
    "deepstarr": {"filters": 8, "filter_width": 3, "channels": 8, "hidden": 16},
    "enformer": {"channels": 32, "filter_width": 3, "tower_blocks": 2, "layers": 1, "heads": 2, "key_width": 4},
    "esm2": {"layers": 1, "width": 16, "heads": 2, "hidden": 4},
    "gru": {"units": 4, "filters": 4, "filter_width": 5, "pool": 2, "hidden": 4},
    "linear": {"k": 2, "window": 5},
    "lstm": {"units": 4, "filters": 4, "filter_width": 5, "pool": 2, "hidden": 4},
    "proteinbert": {"blocks": 2, "local_width": 4, "global_width": 8, "heads": 2, "key_width": 4, "filter_width": 3,
                    "dilation": 2, "annotations": 3},
    "rna_structure": {"width": 8, "layers": 1, "heads": 2, "pair_channels": 4, "pair_blocks": 1, "hidden": 4},
    "spliceai": {"size": "80nt", "channels": 4},
    "transformer": {"width": 8, "layers": 1, "heads": 2, "hidden": 4},
}  # fmt: skip
"""Sizes that are quick to build."""

LENGTH, SHORT, BINS = 48, 20, 4
"""The shorter for pairs, which cost the square of it."""
SHARE, TRIED = 0.5, 3
ROUNDING = {"single_precision"}
"""What changes the last digits alone, where a setting that does nothing may also change them."""
OTHER_WORDS = {"motifs": ("MA0028.3",)}
ONE_OF_EACH_OUTPUT = ("binary", "regression", "multiclass", "residues", "masked", "tracks", "contacts")
READ = {"dna": ("dna", "directed dna"), "rna": ("rna",), "protein": ("protein",)}
"""The alphabets as data have them: DNA is read both ways or as it stands."""


def jobs(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """A task for each output of the network and each alphabet that it reads."""
    tasks: dict[str, str] = {}
    for task in ONE_OF_EACH_OUTPUT:
        if task in architecture.tasks:
            tasks.setdefault(_facts(task, "dna")["output"], task)
    for task in tasks.values():
        for name in architecture.alphabets:
            yield from ((task, letters) for letters in READ[name])


def shape_of(architecture: Architecture, task: str, letters: str) -> InputShape:
    chosen = TASKS.get(task)
    alphabet = alphabet_named(letters.split()[-1], directed=letters.startswith("directed"))
    targets = {"masked": alphabet.size, "residues": 3}.get(task, 1)
    length = SHORT if chosen.output == "pairs" else LENGTH
    shape = InputShape(alphabet, length, targets, chosen.output, of_letters=chosen.hide is not None)
    if chosen.output != "bins":
        return shape
    for bins in (BINS, LENGTH // 8, LENGTH):
        shape = replace(shape, bins=bins)
        if _fits(architecture, tiny(architecture), shape):
            return shape
    raise AssertionError(f"{architecture.name} gives no bins of {LENGTH} letters")


@cache
def _facts(task: str, letters: str) -> dict[str, str | bool]:
    return facts_of(TASKS.get(task), alphabet_named(letters.split()[-1], directed=letters.startswith("directed")))


def tiny(architecture: Architecture) -> Config:
    """A small network of its kind; its preset where nobody said how small it may be."""
    if architecture.name in TINY:
        return architecture.config.model_validate(TINY[architecture.name])
    return architecture.presets.get("small", architecture.config())


def _fits(architecture: Architecture, config: Config, shape: InputShape) -> bool:
    try:
        architecture.check(config, shape)
    except SeqDLError:
        return False
    return True


def _changed(architecture: Architecture, config: Config, shape: InputShape, **values: Any) -> Config | None:
    """The config with other values, where those are possible and the network takes them."""
    try:
        other = architecture.config.model_validate({**config.model_dump(), **values})
    except ValidationError:
        return None
    return other if _fits(architecture, other, shape) else None


def others(field: ConfigField, value: Any) -> list[Any]:
    """Values that the setting could have instead of this one; the likeliest to be taken first."""
    if field.kind == "bool":
        return [not value]
    if field.kind == "choice":
        return [one for one in field.choices if one != value]
    if field.kind == "list":
        return [OTHER_WORDS[field.name], ()] if not value else [()]
    if field.kind == "float":
        return [SHARE if value != SHARE else SHARE / 2]
    near = [2 * value, value + 1, value + 2, value // 2, value - 1, 8, 2, 1, 0]
    low, high = field.low or 0, field.high or 0
    return list(dict.fromkeys(one for one in near if one != value and low <= one <= high))


def traces(architecture: Architecture, config: Config, shape: InputShape) -> Iterator[Any]:
    """Everything that a setting may change, the cheapest first: weights, scores in use, and a step of training."""
    network = build_network(architecture, config, shape, seed=1)
    yield {name: tensor.shape for name, tensor in network.state_dict().items()}
    lived_in(network).eval()
    length = shape.length
    batch = padded_batch(shape, (length,) * 3)
    shorter = padded_batch(shape, (length, length - 5, length - 9), starts=(0, 3, 0))
    for rows in (batch, shorter):
        with torch.inference_mode():
            scores = network(rows)
        yield scores
    network.train()
    for rows in (batch, shorter):
        torch.manual_seed(1)
        scores = network(rows)
        scores.sin().sum().backward()
        yield scores.detach()
    yield {name: one.grad for name, one in network.named_parameters()}
    yield dict(network.named_buffers())


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return one.shape == other.shape and torch.allclose(one, other, rtol=1e-4, atol=1e-6)
    return bool(one == other)


class Traces:
    """:func:`traces`, each looked for once, when it is asked for."""

    def __init__(self, found: Iterator[Any]) -> None:
        self._found, self._kept = found, list[Any]()

    def __iter__(self) -> Iterator[Any]:
        yield from self._kept
        for one in self._found:
            self._kept.append(one)
            yield one


def found_idle(architecture: Architecture, config: Config, shape: InputShape) -> tuple[set[str], set[str]]:
    """The settings whose other values change nothing, and those that the network refuses every other value of."""
    idle, refused = set(), set()
    before = Traces(traces(architecture, config, shape))
    for field in fields_of(architecture.config):
        if field.name in ROUNDING:
            continue
        values = others(field, getattr(config, field.name))
        tried = (_changed(architecture, config, shape, **{field.name: value}) for value in values)
        taken = list(islice((other for other in tried if other is not None), TRIED))
        if not taken:
            refused.add(field.name)
        elif all(all(map(same, before, traces(architecture, other, shape))) for other in taken):
            idle.add(field.name)
    return idle, refused


def beside(architecture: Architecture, shape: InputShape, names: Iterable[str]) -> Iterator[Config]:
    """The tiny network, then with each of these settings switched: on or off, to each choice, or to its least value."""
    config = tiny(architecture)
    yield config
    for field in fields_of(architecture.config):
        if field.name not in names:
            continue
        value = getattr(config, field.name)
        low = [int(field.low)] if field.kind == "int" and field.low in (0, 1) and field.low != value else []
        switched = low if field.kind == "int" else others(field, value)[:2]
        for one in switched:
            other = _changed(architecture, config, shape, **{field.name: one})
            if other is not None:
                yield other


def told_idle(config: Config, task: str, letters: str) -> set[str]:
    return set(idle_settings(type(config), config.model_dump(), _facts(task, letters)))


def hold_to_it(name: str, task: str, letters: str, names: Iterable[str] = ()) -> None:
    architecture = ARCHITECTURES.get(name)
    shape = shape_of(architecture, task, letters)
    for config in beside(architecture, shape, names):
        idle, refused = found_idle(architecture, config, shape)
        assert idle == told_idle(config, task, letters) - refused, (
            f"{name} for {task} of {letters}: what changes nothing (left) against what is said to (right), {config!r}"
        )


def gates(architecture: Architecture) -> set[str]:
    """The settings that others count beside."""
    named = {name for field in fields_of(architecture.config) for condition in field.counts for name in condition}
    return named - set(FACTS)


@pytest.mark.parametrize(
    ("name", "task", "letters"),
    [
        ("linear", "binary", "dna"),
        ("linear", "residues", "protein"),
        ("cnn", "binary", "dna"),
        ("cnn", "residues", "rna"),
        ("lstm", "contacts", "rna"),
        ("deepbind", "binary", "directed dna"),
        ("proteinbert", "masked", "protein"),
        ("rna_structure", "residues", "rna"),
    ],
)
def test_a_setting_counts_exactly_where_it_says(name: str, task: str, letters: str) -> None:
    hold_to_it(name, task, letters, gates(ARCHITECTURES.get(name)) if name == "linear" else ())


@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_every_setting_counts_exactly_where_it_says(name: str) -> None:
    architecture = ARCHITECTURES.get(name)
    seen = set()
    for task, letters in jobs(architecture):
        first = task not in seen
        seen.add(task)
        hold_to_it(name, task, letters, gates(architecture) if first else ())


@pytest.mark.parametrize("config", [one.config for one in ARCHITECTURES], ids=ARCHITECTURES.names())
def test_conditions_name_settings_or_facts(config: type[Config]) -> None:
    names = {*FACTS, *config.model_fields}
    for field in fields_of(config):
        for condition in field.counts:
            assert set(condition) <= names - {field.name}
