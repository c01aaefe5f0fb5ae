"""The contract that every architecture keeps, run over the registry."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from seqdl_core.anatomy import anatomy_of
from seqdl_core.config import Config
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
from seqdl_core.models.rna_structure import NEVER
from seqdl_core.predict import one_hot
from seqdl_core.sequences.alphabets import ALPHABETS, DNA, Alphabet, encode_all, reverse_complement
from seqdl_core.tasks import TASKS

EVERY = pytest.mark.parametrize("architecture", list(ARCHITECTURES), ids=lambda one: one.name)
LENGTH, TARGETS, BINS = 64, 3, 8
TRACK_LENGTHS = (256, 1024)
"""The shorter where a network makes :data:`BINS` bins of it, since attention costs the square of the length."""
JOBS = [
    (architecture, task, alphabet)
    for architecture in ARCHITECTURES
    for task in architecture.tasks
    for alphabet in architecture.alphabets
]
EVERY_JOB = pytest.mark.parametrize(
    ("architecture", "task", "alphabet"), JOBS, ids=[f"{one.name}-{task}-{letters}" for one, task, letters in JOBS]
)


def _settings(architecture: Architecture) -> Config:
    """What trains on a laptop: the small preset, or the default of a network that is small anyway."""
    return architecture.presets.get("small", architecture.config())


def _shape(architecture: Architecture, task: str = "", alphabet: str = "") -> InputShape:
    """What a data set for this task asks for; by default for the architecture's first task and alphabet."""
    chosen, letters = TASKS.get(task or architecture.tasks[0]), ALPHABETS[alphabet or architecture.alphabets[0]]
    length, bins = _tracks(architecture) if chosen.output == "bins" else (LENGTH, 0)
    targets = {"masked": letters.size, "contacts": 1, "binary": 1}.get(chosen.name, TARGETS)
    return InputShape(letters, length, targets, chosen.output, bins, chosen.hide is not None)


def _tracks(architecture: Architecture) -> tuple[int, int]:
    """The first length, and number of bins of it, that the network takes."""
    short, long = TRACK_LENGTHS
    for length, bins in ((short, BINS), (long, BINS), (long, long), (long, 4), (long, 2), (long, 1)):
        with suppress(ConfigError):
            architecture.check(_settings(architecture), InputShape(DNA, length, TARGETS, "bins", bins))
            return length, bins
    raise AssertionError(f"{architecture.name} gives no bins of {long} letters")


def _build(architecture: Architecture, shape: InputShape) -> SequenceNetwork:
    return build_network(architecture, _settings(architecture), shape, seed=1).eval()


def _network(architecture: Architecture, alphabet: Alphabet = DNA, length: int = 60) -> torch.nn.Module:
    return build_network(architecture, _settings(architecture), InputShape(alphabet, length), seed=1).eval()


def _codes(count: int = 12, length: int = 60, alphabet: Alphabet = DNA) -> np.ndarray:
    return np.random.default_rng(0).integers(0, alphabet.size, (count, length)).astype(np.uint8)


def _batch(shape: InputShape, count: int) -> torch.Tensor:
    return one_hot(torch.from_numpy(_codes(count, shape.length, shape.alphabet)), shape.letters)


def _expected_shape(shape: InputShape, count: int) -> tuple[int, ...]:
    further = {
        "sequence": (),
        "positions": (shape.length,),
        "bins": (shape.bins,),
        "pairs": (shape.length, shape.length),
    }
    return (count, shape.targets, *further[shape.output])


def _targets(task: str, shape: InputShape, count: int) -> np.ndarray:
    """Targets without any rule, which a network can only learn by heart."""
    rng = np.random.default_rng(5)
    if task == "multiclass":
        return np.eye(shape.targets, dtype=np.float32)[np.arange(count) % shape.targets]
    if task in ("residues", "masked"):
        return rng.integers(0, shape.targets, (count, shape.length)).astype(np.float32)
    if task == "tracks":
        return rng.poisson(3, _expected_shape(shape, count)).astype(np.float32)
    if task == "regression":
        return rng.normal(size=(count, shape.targets)).astype(np.float32)
    return rng.integers(0, 2, _expected_shape(shape, count)).astype(np.float32)


@EVERY_JOB
def test_scores_have_the_shape_that_the_task_asks_for(architecture: Architecture, task: str, alphabet: str) -> None:
    shape = _shape(architecture, task, alphabet)
    network = _build(architecture, shape)
    with torch.inference_mode():
        scores = network(_batch(shape, 2))
    assert tuple(scores.shape) == _expected_shape(shape, 2)
    assert torch.isfinite(scores).all()
    loss = TASKS.get(task).loss(scores, torch.from_numpy(_targets(task, shape, 2)))
    assert torch.isfinite(loss)


@EVERY
def test_every_parameter_learns(architecture: Architecture) -> None:
    for task in architecture.tasks:
        shape = _shape(architecture, task)
        network = _build(architecture, shape).train()
        optimiser = torch.optim.SGD(network.parameters(), lr=0.01)
        learns: set[str] = set()
        for _ in range(3):  # what starts at zero lets nothing through in the first step
            optimiser.zero_grad()
            loss = network(_batch(shape, 16)).square().mean()
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
    fields = architecture.config.model_fields
    if "dna" not in architecture.alphabets or "both_strands" not in fields:
        pytest.skip(f"{architecture.name} does not claim it")
    settings = _settings(architecture).model_copy(update={"both_strands": True})
    for task in architecture.tasks:
        shape = _shape(architecture, task, "dna")
        network = build_network(architecture, settings, shape, seed=1).eval()
        codes = _codes(4, shape.length)
        with torch.inference_mode():
            forward, backward = (
                network(one_hot(torch.from_numpy(strand), 4)) for strand in (codes, reverse_complement(codes, DNA))
            )
        if shape.output != "sequence" and task != "masked":
            backward = backward.flip(tuple(range(2, backward.ndim)))
        if task == "masked":
            backward = backward.flip((1, 2))
        assert torch.allclose(forward, backward, atol=1e-5), task


@EVERY
def test_rna_has_one_strand(architecture: Architecture) -> None:
    if "rna" not in architecture.alphabets:
        pytest.skip(f"{architecture.name} does not read RNA")
    shape = _shape(architecture, "", "rna")
    network, batch = _build(architecture, shape), _batch(shape, 4)
    turned = network(other_strand(batch))
    assert not torch.allclose(network(batch), turned.flip(tuple(range(2, turned.ndim))), atol=1e-6)


@EVERY
def test_padding_beyond_the_margin_changes_no_position(architecture: Architecture) -> None:
    for task in architecture.tasks:
        shape = _shape(architecture, task)
        network = _build(architecture, shape)
        if network.margin is None:
            continue
        batch, ends = _batch(shape, 2), (LENGTH // 2, LENGTH // 3)
        for row, end in enumerate(ends):
            batch[row, :, end:] = 0
        shown = min(max(ends) + network.margin, LENGTH)
        with torch.inference_mode():
            whole, part = network(batch), network(batch[..., :shown])
        for row, end in enumerate(ends):
            assert torch.allclose(whole[row, :, :end], part[row, :, :end], atol=1e-5), task


@EVERY
def test_batch_of_one_equals_batch_of_eight(architecture: Architecture) -> None:
    for task in architecture.tasks:
        shape = _shape(architecture, task)
        network, batch = _build(architecture, shape), _batch(shape, 8)
        with torch.inference_mode():
            together, alone = network(batch), torch.cat([network(row[None]) for row in batch])
        assert torch.allclose(together, alone, atol=1e-4, rtol=1e-4), task


@EVERY
def test_model_file_round_trip(architecture: Architecture, tmp_path: Path) -> None:
    for task in architecture.tasks:
        shape = _shape(architecture, task)
        network, batch = _build(architecture, shape), _batch(shape, 3)
        card = ModelCard(
            architecture=architecture.name,
            architecture_config=_settings(architecture).model_dump(mode="json"),
            alphabet=shape.alphabet.name,
            task=task,
            length=shape.length,
            targets=shape.targets,
            bins=shape.bins,
            metrics={"validation_auroc": 0.5},
        )
        save_model(tmp_path / "model.safetensors", network, card)
        model = load_model(tmp_path / "model.safetensors")
        assert model.card == card
        with torch.inference_mode():
            assert torch.equal(model(batch), network(batch)), task
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


def _planted(task: str, shape: InputShape, codes: np.ndarray, *, linear: bool = False) -> np.ndarray:
    """Targets with a rule where they cannot be learned by heart: of pairs, of single bases, and without a hidden layer.

    Pairs touch whose letters' numbers add up to a multiple of three; neighbours are not known. Reads lie around a motif
    that is written into each sequence. A linear model gets letters to tell and to count.
    """
    if linear and task == "residues":
        return (codes % shape.targets).astype(np.float32)
    if linear and task == "tracks":
        counts = (codes == 0).reshape(len(codes), 1, shape.bins, -1).sum(-1)
        return counts.repeat(shape.targets, 1).astype(np.float32)
    rng = np.random.default_rng(5)
    places = np.arange(shape.length)
    if task == "contacts":
        touch = ((codes[:, :, None] + codes[:, None, :]) % 3 == 0).astype(np.float32)
        touch[:, np.abs(places[:, None] - places) <= 1] = np.nan
        return touch[:, None]
    if task == "tracks" and shape.bins > BINS:
        middles = rng.integers(150, shape.length - 150, len(codes))
        for row, middle in zip(codes, middles, strict=True):
            row[middle - 6 : middle + 6] = [0, 0, 3, 2, 2, 1, 1, 2, 0, 3, 3, 0]
        apart = places - middles[:, None]
        rates = 0.05 + 20 * np.exp(-np.square(apart / 8))
        first = (shape.length - shape.bins) // 2
        shown = rates[:, None, first : first + shape.bins].repeat(shape.targets, 1)
        return rng.poisson(shown).astype(np.float32)
    return _targets(task, shape, len(codes))


ONE_OF_EACH_OUTPUT = [
    (architecture, task)
    for architecture in ARCHITECTURES
    for place, task in enumerate(architecture.tasks)
    if TASKS.get(task).output not in {TASKS.get(one).output for one in architecture.tasks[:place]}
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "task"), ONE_OF_EACH_OUTPUT, ids=[f"{one.name}-{task}" for one, task in ONE_OF_EACH_OUTPUT]
)
def test_sixteen_sequences_can_be_learned_by_heart(architecture: Architecture, task: str) -> None:
    """Half of what separates the best constant answer from none is gone: the network takes in what it is shown."""
    shape = _shape(architecture, task)
    codes = _codes(16, shape.length, shape.alphabet)
    targets = _planted(task, shape, codes, linear=architecture.name == "linear")
    network, batch = _build(architecture, shape), one_hot(torch.from_numpy(codes), shape.letters)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    goal, chosen = torch.from_numpy(targets), TASKS.get(task)
    if task == "contacts":
        with torch.inference_mode():
            goal[network(batch) == NEVER] = torch.nan
    network.train()
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3 if shape.bins > BINS else 3e-3)
    first, lowest = float("nan"), float("inf")
    floor = _floor(task, goal)
    for step in range(400):
        optimiser.zero_grad()
        loss = chosen.loss(network(batch), goal)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        lowest = min(lowest, float(loss.detach()))
        if step == 0:
            first = float(loss.detach())
        if lowest - floor < 0.5 * (_constant(task, goal) - floor):
            return
    raise AssertionError(
        f"loss {first:.3f} at first, {lowest:.3f} after 400 steps; {_constant(task, goal):.3f} is blind"
    )


def _constant(task: str, goal: torch.Tensor) -> float:
    """The loss of the best answer that is the same for every sequence and position of a target."""
    if task == "regression":
        return float((goal - goal.mean(0)).square().mean())
    if task == "tracks":
        mean = goal.mean((0, 2), keepdim=True)
        return float((mean - goal * mean.log()).mean())
    if task in ("residues", "masked", "multiclass"):
        classes = goal.argmax(1) if task == "multiclass" else goal
        share = torch.bincount(classes.flatten().long()).double() / classes.numel()
        return float(-(share[share > 0] * share[share > 0].log()).sum())
    share = goal.nanmean((0, *range(2, goal.ndim))).clamp(1e-6, 1 - 1e-6)
    return float(-(share * share.log() + (1 - share) * (1 - share).log()).mean())


def _floor(task: str, goal: torch.Tensor) -> float:
    """The lowest loss that there is: that of the targets themselves."""
    if task != "tracks":
        return 0.0
    return float((goal - torch.xlogy(goal, goal)).mean())


@EVERY
def test_filters_are_scanned(architecture: Architecture) -> None:
    shape = _shape(architecture)
    network = _build(architecture, shape)
    if not isinstance(network, FilterNetwork):
        pytest.skip(f"{architecture.name} has no filters")
    scan = network.scan(_batch(shape, 3))
    assert (scan.shape[0], scan.ndim) == (3, 3)
    assert scan.shape[2] >= shape.length - network.filter_width + 1


@EVERY
def test_attention_rows_sum_to_one(architecture: Architecture) -> None:
    shape = _shape(architecture)
    network = _build(architecture, shape)
    if not isinstance(network, AttentionNetwork):
        pytest.skip(f"{architecture.name} has no attention")
    layers = network.attention(_batch(shape, 2))
    assert layers
    for weights in layers:
        assert (weights.shape[0], weights.ndim) == (2, 4)
        assert torch.allclose(weights.sum(-1), torch.ones(weights.shape[:-1]), atol=1e-5)


@EVERY
def test_published_size_is_built_without_memory(architecture: Architecture) -> None:
    task = architecture.tasks[0]
    with torch.device("meta"):
        shape = _shape(architecture)
        with suppress(ConfigError):
            network = build_network(architecture, architecture.config(), shape)
            assert all(parameter.is_meta for parameter in network.parameters()), task


@EVERY
def test_anatomy_follows_the_network(architecture: Architecture) -> None:
    if "binary" not in architecture.tasks or "dna" not in architecture.alphabets:
        pytest.skip(f"{architecture.name} gives no score of one sequence")
    anatomy = anatomy_of(architecture.name, _settings(architecture).model_dump(), DNA, 101)
    assert anatomy.parameters == count_parameters(_network(architecture, DNA, 101))
    assert (anatomy.layers[0].kind, anatomy.layers[-1].kind) == ("input", "output")


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


@EVERY
def test_unknown_letters_and_padding_give_finite_scores(architecture: Architecture) -> None:
    shape = _shape(architecture)
    known = shape.alphabet.letters[:3] + shape.alphabet.unknown
    for text in (known * (shape.length // 8), shape.alphabet.unknown):
        codes = encode_all([text], shape.alphabet, shape.length)
        scores = _build(architecture, shape)(one_hot(torch.from_numpy(codes), shape.letters))
        assert torch.isfinite(scores).all()


def test_the_anatomy_counts_every_output() -> None:
    one, three = (anatomy_of("cnn", {"hidden": 8}, DNA, 101, targets) for targets in (1, 3))
    assert three.parameters - one.parameters == 2 * (8 + 1)  # a weight for each hidden unit, and a bias
    assert (three.layers[-1].detail, three.layers[-1].channels) == ("3 scores", 3)
    assert one.layers[-1].detail == "score"


def test_either_strand_is_said_of_dna_alone() -> None:
    for one in ARCHITECTURES:
        assert "strand" not in one.summary or "DNA" in one.summary or one.alphabets == ("dna",)
