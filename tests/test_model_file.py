"""A model file that is not what it says: each is refused in three parts, and nothing of its size is allocated."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from seqdl_core.errors import ModelFileError
from seqdl_core.model_file import build_network, load_model, misfit, read_card
from seqdl_core.models import ARCHITECTURES, InputShape
from seqdl_core.sequences.alphabets import DNA

DEEPBIND: dict[str, Any] = {"architecture": "deepbind", "alphabet": "dna", "task": "binary", "length": 60}


def weights() -> dict[str, Tensor]:
    architecture = ARCHITECTURES.get("deepbind")
    network = build_network(architecture, architecture.config(), InputShape(DNA, 60), seed=1)
    return dict(network.state_dict())


def written(folder: Path, tensors: dict[str, Tensor], card: str) -> Path:
    path = folder / "model.safetensors"
    path.write_bytes(save({name: tensor.contiguous() for name, tensor in tensors.items()}, {"seqdl": card}))
    return path


def refused(path: Path) -> ModelFileError:
    with pytest.raises(ModelFileError) as caught:
        load_model(path)
    assert all(caught.value.parts().values()), caught.value.parts()
    assert "model.safetensors" in caught.value.where
    return caught.value


def test_the_file_is_read_while_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    model = load_model(written(tmp_path, weights(), json.dumps(DEEPBIND)))
    assert model(torch.zeros(2, 4, 60)).shape == (2, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda one: one * float("nan"), "not finite"),
        (lambda one: one / 0, "not finite"),
        (lambda one: (one * 100).to(torch.int64), "int64"),
        (lambda one: one.to(torch.complex64), "complex64"),
        (lambda one: one.to(torch.float16), "float16"),
        (lambda one: one[..., :-1], "what is to fill it"),
        (lambda one: None, "Nothing fills"),
    ],
    ids=["nan", "infinite", "whole", "complex", "half", "cut", "missing"],
)
def test_each_tensor_must_be_what_the_network_holds(change: Any, told: str, tmp_path: Path) -> None:
    kept = weights()
    for name, tensor in kept.items():
        other = {**kept, name: change(tensor)}
        error = refused(written(tmp_path, {key: one for key, one in other.items() if one is not None},
                                json.dumps(DEEPBIND)))  # fmt: skip
        assert told in error.what
        assert f"'{name}'" in error.what, "the tensor is named"


def test_a_tensor_too_many_is_named(tmp_path: Path) -> None:
    error = refused(written(tmp_path, {**weights(), "surplus": torch.zeros(3)}, json.dumps(DEEPBIND)))
    assert "'surplus' has no place in the network." in error.what


def test_variances_below_zero_are_refused() -> None:
    network = torch.nn.Sequential(torch.nn.BatchNorm1d(3))
    tensors = network.state_dict()
    assert misfit(network, tensors) == ""
    assert "below zero" in misfit(network, {**tensors, "0.running_var": torch.tensor([1.0, -5.0, 1.0])})
    fewer = {name: tensor for name, tensor in tensors.items() if name != "0.num_batches_tracked"}
    assert "num_batches_tracked" in misfit(network, fewer)
    assert misfit(network, fewer, without_counts=True) == ""


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"task": "contacts"}, "task is 'contacts'"),
        ({"task": "foo"}, "task is 'foo'"),
        ({"alphabet": "protein"}, "of the network is"),
        ({"alphabet": "foo"}, "alphabet is 'foo'"),
        ({"task": "multiclass", "label_names": ["one"]}, "tells classes apart and has one alone"),
        ({"task": "multiclass"}, "names 2 classes for 1 output"),
        ({"target_names": ["a", "b", "c"]}, "names 3 targets for 1 output"),
        ({"target_names": []}, "names 0 targets for 1 output"),
        ({"targets": 2, "target_names": ["a", "b"]}, "has one output, and it has 2"),
        ({"label_names": ["a", "b", "c"]}, "names 3 labels"),
        ({"bins": 4}, "does not go with 4 bins"),
        ({"architecture": "deepbin"}, "deepbin"),
        ({"architecture": "../../etc/passwd"}, "no architecture called"),
        ({"architecture": "_layers"}, "no architecture called"),
        ({"architecture_config": {"filters": -1}}, "'filters' cannot be -1"),
        ({"architecture_config": {"foo": 1}}, "no setting called 'foo'"),
        ({"architecture_config": {"filters": 64}}, "of the network is"),
    ],
)
def test_a_card_must_agree_with_itself_and_its_architecture(facts: dict[str, Any], told: str, tmp_path: Path) -> None:
    assert told in refused(written(tmp_path, weights(), json.dumps({**DEEPBIND, **facts}))).what


@pytest.mark.parametrize(
    "card",
    [
        "[" * 100_000,
        json.dumps(DEEPBIND)[:-1] + ',"training":{"a":' + "[" * 100_000 + "]" * 100_000 + "}}",
        json.dumps(DEEPBIND).replace("60", "1" * 5_000),
        json.dumps(DEEPBIND).replace("60", "1e400"),
        "NaN",
    ],
    ids=["open", "nested", "digits", "infinite", "nan"],
)
def test_a_card_that_no_reader_should_follow(card: str, tmp_path: Path) -> None:
    path = written(tmp_path, weights(), card)
    with pytest.raises(ModelFileError, match="damaged or is not a model file"):
        read_card(path)


def test_a_card_may_ask_for_any_size_and_nothing_is_allocated(tmp_path: Path) -> None:
    """DeepSEA's first dense layer would take two terabytes at this length."""
    card = {"architecture": "deepsea", "alphabet": "dna", "task": "binary", "length": 10_000_000}
    assert "Nothing fills" in refused(written(tmp_path, weights(), json.dumps(card))).what
