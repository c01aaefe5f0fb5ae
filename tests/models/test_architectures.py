"""The contract that every architecture keeps, run over the registry."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from seqdl_core.anatomy import anatomy_of
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.model_file import ModelCard, build_network, load_model, read_card, save_model
from seqdl_core.models import (
    ARCHITECTURES,
    Architecture,
    AttentionNetwork,
    FilterNetwork,
    InputShape,
    SequenceNetwork,
    count_parameters,
)
from seqdl_core.models._layers import other_strand
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import ALPHABETS, DNA, encode_all
from seqdl_core.tasks import TASKS
from tests.models.jobs import (
    LENGTH,
    built,
    expected_shape,
    known_part,
    lived_in,
    network_for,
    padded_batch,
    random_batch,
    settings_of,
    shape_of,
    targets_of,
    turned_back,
)

EVERY = pytest.mark.parametrize("architecture", list(ARCHITECTURES), ids=lambda one: one.name)
JOBS = [
    (architecture, task, alphabet)
    for architecture in ARCHITECTURES
    for task in architecture.tasks
    for alphabet in architecture.alphabets
]
EVERY_JOB = pytest.mark.parametrize(
    ("architecture", "task", "alphabet"), JOBS, ids=[f"{one.name}-{task}-{letters}" for one, task, letters in JOBS]
)


@EVERY_JOB
def test_scores_have_the_shape_that_the_task_asks_for(architecture: Architecture, task: str, alphabet: str) -> None:
    shape = shape_of(architecture, task, alphabet)
    network = built(architecture, shape)
    with torch.inference_mode():
        scores = network(random_batch(shape, 2))
    assert tuple(scores.shape) == expected_shape(shape, 2)
    assert torch.isfinite(scores).all()
    loss = TASKS.get(task).loss(scores, torch.from_numpy(targets_of(task, shape, 2)))
    assert torch.isfinite(loss)


@EVERY
def test_every_parameter_learns(architecture: Architecture) -> None:
    for task in architecture.tasks:
        shape = shape_of(architecture, task)
        network = built(architecture, shape).train()
        optimiser = torch.optim.SGD(network.parameters(), lr=0.01)
        learns: set[str] = set()
        for _ in range(3):  # what starts at zero lets nothing through in the first step
            optimiser.zero_grad()
            loss = network(random_batch(shape, 16)).square().mean()
            loss.backward()
            for name, parameter in network.named_parameters():
                assert parameter.grad is None or torch.isfinite(parameter.grad).all(), f"{task}: {name}"
                if parameter.grad is not None and parameter.grad.any():
                    learns.add(name)
            optimiser.step()
        still = [name for name, one in network.named_parameters() if one.requires_grad and name not in learns]
        assert not still, f"{task}: no gradient reaches {still}"


@EVERY
def test_both_strands_of_dna_get_the_same_score(architecture: Architecture) -> None:
    """In rows of mixed lengths too, and where the first letters are unknown; of bins, in whole rows."""
    if not _of_dna(architecture).strands_alike:
        pytest.skip(f"{architecture.name} does not claim it")
    settings = settings_of(architecture).model_copy(update={"both_strands": True})
    for task in architecture.tasks:
        shape = shape_of(architecture, task, "dna")
        network = lived_in(build_network(architecture, settings, shape, seed=1)).eval()
        lengths, starts = (shape.length,) * 4, (0,) * 4
        if shape.output != "bins":
            lengths, starts = (LENGTH, 53, 41, LENGTH), (0, 0, 3, 5)
        with torch.inference_mode():
            forward, backward = (
                network(padded_batch(shape, lengths, starts=starts, turned=turned)) for turned in (False, True)
            )
        for one, other, length, start in zip(forward, backward, lengths, starts, strict=True):
            other = turned_back(other, shape.bins or length, of_letters=shape.of_letters)
            one = known_part(one, shape.bins or length)
            for axis in range(1, one.ndim):  # of unknown letters at an end nothing is claimed
                one, other = (scores.narrow(axis, start, scores.shape[axis] - start) for scores in (one, other))
            assert torch.allclose(one, other, atol=1e-5), task


@EVERY
def test_who_averages_strands_claims_that_they_are_alike(architecture: Architecture) -> None:
    if "dna" in architecture.alphabets:
        assert _of_dna(architecture).strands_alike == ("both_strands" in architecture.config.model_fields)


def _of_dna(architecture: Architecture) -> SequenceNetwork:
    alphabet = "dna" if "dna" in architecture.alphabets else ""
    return built(architecture, shape_of(architecture, "", alphabet))


@EVERY
def test_rna_has_one_strand(architecture: Architecture) -> None:
    if "rna" not in architecture.alphabets:
        pytest.skip(f"{architecture.name} does not read RNA")
    shape = shape_of(architecture, "", "rna")
    network, batch = built(architecture, shape), random_batch(shape, 4)
    turned = network(other_strand(batch))
    assert not torch.allclose(network(batch), turned.flip(tuple(range(2, turned.ndim))), atol=1e-6)


@EVERY
def test_padding_beyond_the_margin_changes_no_position(architecture: Architecture) -> None:
    for task in architecture.tasks:
        shape = shape_of(architecture, task)
        network = built(architecture, shape)
        if network.margin is None:
            continue
        batch, ends = random_batch(shape, 2), (LENGTH // 2, LENGTH // 3)
        for row, end in enumerate(ends):
            batch[row, :, end:] = 0
        shown = min(max(ends) + network.margin, LENGTH)
        with torch.inference_mode():
            whole, part = network(batch), network(batch[..., :shown])
        for row, end in enumerate(ends):
            assert torch.allclose(whole[row, :, :end], part[row, :, :end], atol=1e-5), task


@EVERY_JOB
def test_padding_behind_a_sequence_changes_no_score(architecture: Architecture, task: str, alphabet: str) -> None:
    """A row in a network for rows of L letters, and longer ones with more padding in one for longer rows."""
    shape = shape_of(architecture, task, alphabet)
    network = lived_in(built(architecture, shape))
    if not network.ignores_padding or shape.output == "bins":
        pytest.skip(f"{architecture.name} does not claim it")
    lengths = (LENGTH, 53, 17, 40)
    longer = replace(shape, length=LENGTH + 13)
    wider = built(architecture, longer)
    if any(one.shape != other.shape for one, other in zip(network.parameters(), wider.parameters(), strict=True)):
        pytest.skip("its places have weights, so that a network for longer rows is another one")
    wider.load_state_dict(network.state_dict())
    with torch.inference_mode():
        narrow, wide = network(padded_batch(shape, lengths)), wider(padded_batch(longer, lengths))
    for one, other, length in zip(narrow, wide, lengths, strict=True):
        assert torch.allclose(known_part(one, length), known_part(other, length), atol=1e-5)


@EVERY
def test_batch_of_one_equals_batch_of_eight(architecture: Architecture) -> None:
    for task in architecture.tasks:
        shape = shape_of(architecture, task)
        network, batch = built(architecture, shape), random_batch(shape, 8)
        with torch.inference_mode():
            together, alone = network(batch), torch.cat([network(row[None]) for row in batch])
        assert torch.allclose(together, alone, atol=1e-4, rtol=1e-4), task


@EVERY
def test_model_file_round_trip(architecture: Architecture, tmp_path: Path) -> None:
    for task in architecture.tasks:
        shape = shape_of(architecture, task)
        network, batch = built(architecture, shape), random_batch(shape, 3)
        card = ModelCard(
            architecture=architecture.name,
            architecture_config=settings_of(architecture).model_dump(mode="json"),
            alphabet=shape.alphabet.name,
            task=task,
            length=shape.length,
            targets=shape.targets,
            bins=shape.bins,
            target_names=tuple(f"target {number}" for number in range(shape.targets)),
            label_names=tuple(f"class {number}" for number in range(shape.targets if shape.targets > 1 else 2))
            if task != "multilabel"
            else ("0", "1"),
            metrics={"validation_auroc": 0.5},
        )
        save_model(tmp_path / "model.safetensors", network, card)
        model = load_model(tmp_path / "model.safetensors")
        assert model.card == card
        with torch.inference_mode():
            assert torch.equal(model(batch), network(batch)), task
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


@EVERY
def test_filters_are_scanned(architecture: Architecture) -> None:
    shape = shape_of(architecture)
    network = built(architecture, shape)
    if not isinstance(network, FilterNetwork):
        pytest.skip(f"{architecture.name} has no filters")
    scan = network.scan(random_batch(shape, 3))
    assert (scan.shape[0], scan.ndim) == (3, 3)
    assert scan.shape[2] >= shape.length - network.filter_width + 1


@EVERY
def test_attention_rows_sum_to_one(architecture: Architecture) -> None:
    shape = shape_of(architecture)
    network = built(architecture, shape)
    if not isinstance(network, AttentionNetwork):
        pytest.skip(f"{architecture.name} has no attention")
    layers = network.attention(random_batch(shape, 2))
    assert layers
    for weights in layers:
        assert (weights.shape[0], weights.ndim) == (2, 4)
        assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:-1]), atol=1e-5)


PUBLISHED = {
    "basenji": 30_088_228,
    "basset": 4_135_064,
    "beluga": 149_536_251,
    "bpnet": 130_960,
    "danq": 46_929_039,
    "deepbind": 1_569,
    "deepsea": 52_843_119,
    "deepstarr": 622_722,
    "enformer": 246_172_353,  # human tracks alone
    "esm2": 7_512_353,
    "proteinbert": 15_981_321,
    "spliceai": 696_739,
}
"""Parameters of the networks as published, which the tests of each take apart."""


@EVERY
def test_published_size_is_built_without_memory(architecture: Architecture) -> None:
    if architecture.published is None:
        assert architecture.name not in PUBLISHED
        pytest.skip(f"{architecture.name} is our own")
    with torch.device("meta"):
        network = build_network(architecture, architecture.config(), architecture.published)
    assert all(parameter.is_meta for parameter in network.parameters())
    assert count_parameters(network) == PUBLISHED[architecture.name]


@EVERY
@pytest.mark.parametrize("bins", [0, LENGTH + 1])
def test_no_bins_and_more_than_letters_are_refused(architecture: Architecture, bins: int) -> None:
    shape = InputShape(ALPHABETS[architecture.alphabets[0]], LENGTH, 1, "bins", bins)
    with pytest.raises(ConfigError, match=rf"cannot be divided into {bins} bins"):
        architecture.check(settings_of(architecture), shape)


@EVERY
def test_anatomy_follows_the_network(architecture: Architecture) -> None:
    if "binary" not in architecture.tasks or "dna" not in architecture.alphabets:
        pytest.skip(f"{architecture.name} gives no score of one sequence")
    anatomy = anatomy_of(architecture.name, settings_of(architecture).model_dump(), DNA, 101)
    assert anatomy.parameters == count_parameters(network_for(architecture, DNA, 101))
    assert (anatomy.layers[0].kind, anatomy.layers[-1].kind) == ("input", "output")


def test_same_seed_same_weights_and_torch_left_alone() -> None:
    architecture = ARCHITECTURES.get("cnn")
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first, again = network_for(architecture), network_for(architecture)
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
    save_model(tmp_path / "model.safetensors", network_for(ARCHITECTURES.get("cnn")), card)
    with pytest.raises(ModelFileError, match="do not fit the architecture 'deepbind'"):
        load_model(tmp_path / "model.safetensors")
    assert read_card(tmp_path / "model.safetensors").architecture == "deepbind"


@pytest.mark.parametrize("wrong", [{"targets": -1}, {"targets": 10**13}, {"length": -5}, {"format": 99}])
def test_cards_out_of_bounds_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    facts = {"architecture": "cnn", "alphabet": "dna", "task": "binary", "length": 60, **wrong}
    path = tmp_path / "model.safetensors"
    path.write_bytes(save(network_for(ARCHITECTURES.get("cnn")).state_dict(), {"seqdl": json.dumps(facts)}))
    with pytest.raises(ModelFileError, match="damaged or is not a model file"):
        load_model(path)


def test_receptive_field_by_hand() -> None:
    # conv 15, pool 2, conv 7 (steps of 2), pool 2, conv 5 (steps of 4): 15 + 1 + 12 + 2 + 16
    anatomy = anatomy_of("cnn", {"filter_width": 15, "pool": 2, "blocks": 2}, DNA, 101)
    assert anatomy.receptive_field == 46


@EVERY
def test_unknown_letters_and_padding_give_finite_scores(architecture: Architecture) -> None:
    shape = shape_of(architecture)
    known = shape.alphabet.letters[:3] + shape.alphabet.unknown
    for text in (known * (shape.length // 8), shape.alphabet.unknown):
        codes = encode_all([text], shape.alphabet, shape.length)
        scores = built(architecture, shape)(one_hot(torch.from_numpy(codes), shape.letters))
        assert torch.isfinite(scores).all()


def test_the_anatomy_counts_every_output() -> None:
    one, three = (anatomy_of("cnn", {"hidden": 8}, DNA, 101, targets) for targets in (1, 3))
    assert three.parameters - one.parameters == 2 * (8 + 1)  # a weight for each hidden unit, and a bias
    assert (three.layers[-1].detail, three.layers[-1].channels) == ("3 scores", 3)
    assert one.layers[-1].detail == "score"


def test_either_strand_is_said_of_dna_alone() -> None:
    for one in ARCHITECTURES:
        assert "strand" not in one.summary or "DNA" in one.summary or one.alphabets == ("dna",)
