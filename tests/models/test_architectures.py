"""The contract that every architecture keeps, run over the registry."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from seqdl_core.anatomy import anatomy_of
from seqdl_core.errors import ModelFileError
from seqdl_core.model_file import ModelCard, build_network, load_model, read_card, save_model
from seqdl_core.models import ARCHITECTURES, Architecture, InputShape, count_parameters
from seqdl_core.models._layers import other_strand
from seqdl_core.predict import one_hot, scores
from seqdl_core.sequences.alphabets import ALPHABETS, DNA, Alphabet, encode_all, reverse_complement

EVERY = pytest.mark.parametrize("architecture", list(ARCHITECTURES), ids=lambda one: one.name)


def _network(architecture: Architecture, alphabet: Alphabet = DNA, length: int = 60) -> torch.nn.Module:
    return build_network(architecture, architecture.config(), InputShape(alphabet, length), seed=1).eval()


def _codes(count: int = 12, length: int = 60, alphabet: Alphabet = DNA) -> np.ndarray:
    return np.random.default_rng(0).integers(0, alphabet.size, (count, length)).astype(np.uint8)


@EVERY
@pytest.mark.parametrize("length", [31, 60])
def test_shapes_for_every_alphabet(architecture: Architecture, length: int) -> None:
    for name in architecture.alphabets:
        alphabet = ALPHABETS[name]
        network = _network(architecture, alphabet, length)
        batch = one_hot(torch.from_numpy(_codes(3, length, alphabet)), alphabet.size)
        assert network(batch).shape == (3, 1)
        scan = network.scan(batch)
        assert scan.shape[0] == 3
        assert scan.ndim == 3
        assert scan.shape[2] >= length - network.filter_width + 1


@EVERY
def test_every_parameter_learns(architecture: Architecture) -> None:
    network = _network(architecture).train()
    batch = one_hot(torch.from_numpy(_codes(64)), 4)
    network(batch).square().sum().backward()
    still = [name for name, parameter in network.named_parameters() if not parameter.grad.any()]
    assert not still, f"no gradient reaches {still}"


@EVERY
def test_both_strands_of_dna_get_the_same_score(architecture: Architecture) -> None:
    network, codes = _network(architecture), _codes()
    forward, backward = (
        network(one_hot(torch.from_numpy(strand), 4)) for strand in (codes, reverse_complement(codes, DNA))
    )
    assert torch.allclose(forward, backward, atol=1e-6)


@EVERY
def test_rna_has_one_strand(architecture: Architecture) -> None:
    network = _network(architecture, ALPHABETS["rna"])
    batch = one_hot(torch.from_numpy(_codes()), 4)
    assert not torch.allclose(network(batch), network(other_strand(batch)), atol=1e-6)


@EVERY
def test_batch_of_one_equals_batch_of_many(architecture: Architecture, tmp_path: Path) -> None:
    card = ModelCard(architecture=architecture.name, alphabet="dna", task="binary", length=60)
    save_model(tmp_path / "model.safetensors", _network(architecture), card)
    model = load_model(tmp_path / "model.safetensors")
    assert np.allclose(scores(model, _codes(), 1), scores(model, _codes(), 64), atol=1e-5)


@EVERY
def test_model_file_round_trip(architecture: Architecture, tmp_path: Path) -> None:
    network = _network(architecture)
    card = ModelCard(
        architecture=architecture.name, alphabet="dna", task="binary", length=60, metrics={"validation_auroc": 0.5}
    )
    save_model(tmp_path / "model.safetensors", network, card)
    model = load_model(tmp_path / "model.safetensors")
    assert model.card == card
    batch = one_hot(torch.from_numpy(_codes()), 4)
    assert torch.equal(model(batch), network(batch))
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


@EVERY
def test_anatomy_follows_the_network(architecture: Architecture) -> None:
    anatomy = anatomy_of(architecture.name, {}, DNA, 101)
    assert anatomy.parameters == count_parameters(_network(architecture, DNA, 101))
    assert (anatomy.layers[0].kind, anatomy.layers[-1].kind) == ("input", "output")
    assert anatomy.receptive_field is not None


def test_same_seed_same_weights_and_torch_left_alone() -> None:
    architecture = ARCHITECTURES.get("cnn")
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, again = _network(architecture), _network(architecture)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(one, two) for one, two in zip(first.parameters(), again.parameters(), strict=True))


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x89PNG" * 100, (8).to_bytes(8, "little") + b"{}      "])
def test_foreign_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        load_model(path)
    assert caught.value.where
    assert caught.value.fix


def test_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    card = ModelCard(architecture="deepbind", alphabet="dna", task="binary", length=60)
    save_model(tmp_path / "model.safetensors", _network(ARCHITECTURES.get("cnn")), card)
    with pytest.raises(ModelFileError, match="do not fit the architecture 'deepbind'"):
        load_model(tmp_path / "model.safetensors")
    assert read_card(tmp_path / "model.safetensors").architecture == "deepbind"


@pytest.mark.parametrize("wrong", [{"targets": -1}, {"targets": 10**13}, {"length": -5}, {"format": 99}])
def test_cards_out_of_bounds_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    facts = {"architecture": "cnn", "alphabet": "dna", "task": "binary", "length": 60, **wrong}
    path = tmp_path / "model.safetensors"
    path.write_bytes(save(_network(ARCHITECTURES.get("cnn")).state_dict(), {"seqdl": json.dumps(facts)}))
    with pytest.raises(ModelFileError, match="damaged or is not a model file"):
        load_model(path)


def test_receptive_field_by_hand() -> None:
    # conv 15, pool 2, conv 7 (steps of 2), pool 2, conv 5 (steps of 4): 15 + 1 + 12 + 2 + 16
    anatomy = anatomy_of("cnn", {"filter_width": 15, "pool": 2, "blocks": 2}, DNA, 101)
    assert anatomy.receptive_field == 46


def test_encode_all_feeds_every_network() -> None:
    codes = encode_all(["ACGTN" * 12], DNA)
    for architecture in ARCHITECTURES:
        assert torch.isfinite(_network(architecture)(one_hot(torch.from_numpy(codes), 4))).all()


def test_the_anatomy_counts_every_output() -> None:
    one, three = (anatomy_of("cnn", {"hidden": 8}, DNA, 101, targets) for targets in (1, 3))
    assert three.parameters - one.parameters == 2 * (8 + 1)  # a weight for each hidden unit, and a bias
    assert (three.layers[-1].detail, three.layers[-1].channels) == ("3 scores", 3)
    assert one.layers[-1].detail == "score"


def test_either_strand_is_said_of_dna_alone() -> None:
    for one in ARCHITECTURES:
        assert "strand" not in one.summary or "DNA" in one.summary or one.alphabets == ("dna",)
