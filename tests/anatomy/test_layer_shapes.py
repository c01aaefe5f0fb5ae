"""What a diagram says of a network against the network itself: real tensors, hooks on its modules, shapes by hand."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from torch import nn

from seqdl_core import anatomy
from seqdl_core.anatomy import Anatomy, Layer, anatomy_for
from seqdl_core.anatomy.fake import fake_network, fake_sequences, faking, training_mode
from seqdl_core.model_file import build_network
from seqdl_core.models import ARCHITECTURES, Architecture, InputShape
from seqdl_core.sequences.alphabets import DNA, PROTEIN, alphabet_named
from seqdl_core.tasks import TASKS

# Lengths, and numbers of bins, that the small presets take; 64 letters for the others.
_SMALL = {"basenji": (1024, 8), "enformer": (1024, 8), "bpnet": (200, 200), "basset": (300, 0), "beluga": (600, 0)}


def small_shape(architecture: Architecture, task: str) -> InputShape:
    chosen, alphabet = TASKS.get(task), alphabet_named(architecture.alphabets[0])
    length, bins = _SMALL.get(architecture.name, (300, 0) if architecture.year and chosen.output == "sequence" else
                              (64, 8))  # fmt: skip
    targets = alphabet.size if chosen.hide else 1 if chosen.output == "pairs" else 3
    return InputShape(alphabet, length, targets, chosen.output, bins if chosen.output == "bins" else 0,
                      chosen.hide is not None)  # fmt: skip


@contextmanager
def hooked(network: nn.Module) -> Iterator[dict[str, tuple[tuple[int, ...], ...]]]:
    """The shapes that each module was given and gave, by its name, on its first call."""
    found: dict[str, tuple[tuple[int, ...], ...]] = {}

    def note(name: str):  # type: ignore[no-untyped-def]
        def hook(_: nn.Module, given: tuple[object, ...], output: object) -> None:
            first = output[0] if isinstance(output, tuple) else output
            if isinstance(first, torch.Tensor) and given and isinstance(given[0], torch.Tensor):
                found.setdefault(name, (tuple(given[0].shape), tuple(first.shape)))

        return hook

    handles = [module.register_forward_hook(note(name)) for name, module in network.named_modules() if name]
    yield found
    for handle in handles:
        handle.remove()


def require_true(described: Anatomy, network: nn.Module, shapes: dict[str, tuple[tuple[int, ...], ...]]) -> int:
    """Every shape that a column states is that of its module's output; how many were looked at."""
    looked = 0
    width = None
    for layer in described.layers:
        if layer.modules and layer.kind != "output":
            outputs = [shapes[name][1][1:] for name in layer.modules if name in shapes]
            if not outputs:
                continue  # called by another name than forward
            require_states(layer, outputs)
            looked += 1
        first = network.get_submodule(layer.modules[0]) if layer.modules else None
        if isinstance(first, nn.Linear) and layer.kind in ("dense", "output") and width is not None:
            assert first.in_features == width, (layer, width)
        vector = layer.positions is None
        width = layer.channels if vector else None
    return looked


def require_states(layer: Layer, outputs: list[tuple[int, ...]]) -> None:
    """``outputs``, with the channels of several added up, hold the layer's channels and positions, and nothing more."""
    expected = {layer.positions} if layer.positions is not None else set()
    for channels in (sum(sizes) for sizes in zip(*outputs, strict=True)):
        if channels == layer.channels and (len(outputs) == 1 or channels != layer.positions * len(outputs)):
            break
    else:
        raise AssertionError(f"{layer} gives {outputs}")
    one = list(outputs[0])
    one.remove(layer.channels // len(outputs))
    assert set(one) == expected, (layer, outputs)


@pytest.mark.parametrize(
    "architecture",
    [pytest.param(one, id=one.name, marks=() if one.name == "cnn" else pytest.mark.slow) for one in ARCHITECTURES],
)
def test_every_shape_that_a_small_network_states_is_true(architecture: Architecture) -> None:
    config = architecture.presets.get("small", architecture.config())
    for task in architecture.tasks:
        shape = small_shape(architecture, task)
        network = build_network(architecture, config, shape, seed=1).eval()
        letters = torch.randint(shape.letters, (2, shape.length), generator=torch.Generator().manual_seed(1))
        with hooked(network) as shapes, torch.no_grad():
            scores = network(nn.functional.one_hot(letters, shape.letters).transpose(1, 2).float())
        described = anatomy_for(architecture.name, config.model_dump(mode="json"), shape)
        looked = require_true(described, network, shapes)
        assert looked or architecture.name == "linear" or "proteinbert" in architecture.name, task
        output = described.layers[-1]
        assert output.channels == scores.shape[1], task
        assert output.positions == (scores.shape[-1] if scores.ndim > 2 else None), task
        assert output.pairs == (scores.ndim == 4), task


@pytest.mark.slow
@pytest.mark.parametrize("architecture", [one for one in ARCHITECTURES if one.published], ids=lambda one: one.name)
def test_every_shape_of_a_published_network_is_true(architecture: Architecture) -> None:
    shape = architecture.published
    assert shape is not None
    with faking():
        network = fake_network(architecture, architecture.config(), shape)
        with training_mode(network, on=False), hooked(network) as shapes:
            network(fake_sequences(shape, 2))
    described = anatomy_for(architecture.name, {}, shape)
    require_true(described, network, shapes)
    assert sum(one.parameters for one in described.layers) == described.parameters


def told(described: Anatomy) -> list[tuple[str, int, int | None, int]]:
    return [(one.name, one.channels, one.positions, one.times) for one in described.layers]


def test_flattening_says_how_many_numbers_the_dense_layer_takes() -> None:
    # Quang & Xie 2016 on 101 bp: 76 places, 5 after pooling by 13, two directions of 320 each.
    described = anatomy_for("danq", {}, InputShape(DNA, 101))
    assert told(described) == [
        ("sequence", 4, 101, 1), ("conv 26", 320, 76, 1), ("pool 13", 320, 5, 1), ("LSTM", 640, 5, 1),
        ("flatten", 3200, None, 1), ("dense", 925, None, 1), ("output", 1, None, 1),
    ]  # fmt: skip
    assert described.layers[3].detail == "both directions"
    assert told(anatomy_for("deepsea", {}, InputShape(DNA, 512)))[-3][:3] == ("flatten", 21120, None)
    assert told(anatomy_for("linear", {"features": "letters"}, InputShape(DNA, 101)))[1] == ("flatten", 404, None, 1)


@pytest.mark.slow
def test_attention_is_one_block_with_its_heads() -> None:
    described = anatomy_for("transformer", {}, InputShape(DNA, 101))
    (block,) = [one for one in described.layers if one.kind == "attention"]
    assert (block.name, block.times, block.channels, block.positions) == ("attention block", 4, 128, 101)
    assert block.detail == "8 heads"
    many = anatomy_for("transformer", {"layers": 12, "width": 32}, InputShape(DNA, 30))
    assert [one.times for one in many.layers if one.kind == "attention"] == [12]
    tracks = anatomy_for("proteinbert", {}, InputShape(PROTEIN, 265))
    block = tracks.layers[1]
    assert (block.times, block.channels, block.positions, block.vector) == (6, 128, 267, 512)


def test_places_that_are_weighed_are_said_to_be() -> None:
    shape = InputShape(alphabet_named("rna"), 60, 3)
    for channels in (64, 15):  # as many channels as positions, too: 60 letters, halved twice
        described = anatomy_for("cnn", {"channels": channels}, shape)
        weigh, gather = described.layers[-4:-2]
        assert (weigh.name, weigh.channels, weigh.positions) == ("weigh", channels, 32)
        assert (gather.detail, gather.channels) == ("maximum, mean, weighted", 34 * channels)
        assert described.whole == "dense"


def test_rows_beside_the_letters_residuals_and_strands_are_named() -> None:
    chosen = {"position_row": True, "gc_reach": 5, "residual": True}
    described = anatomy_for("cnn", chosen, InputShape(DNA, 60))
    first = described.layers[0]
    assert (first.channels, first.detail) == (6, "one-hot and 2 more rows, both strands")
    assert [one.name for one in described.layers if "residual" in one.name] == ["residual block"] * 2
    one_strand = anatomy_for("cnn", {"both_strands": False}, InputShape(DNA, 60))
    assert one_strand.layers[0].detail == "one-hot"
    mirrored = anatomy_for("cnn", {"strands": "equivariant", "pool": 1, "halve": False}, InputShape(DNA, 60))
    assert mirrored.layers[1].detail == "32 filters, both ways round"


def test_convolutions_beside_attention_are_counted_to_their_end() -> None:
    # Six blocks, each 8 steps side by side or 8 of 5: the published reach of the local track.
    described = anatomy_for("proteinbert", {}, InputShape(PROTEIN, 510))
    assert (described.receptive_field, described.whole) == (1 + 6 * 8 * 5, "attention")


def test_a_recurrence_written_out_in_python_is_one_operation() -> None:
    usual, keras = (anatomy_for("danq", {"keras_gates": on}, InputShape(DNA, 20_000)) for on in (False, True))
    assert told(usual) == told(keras)
    assert usual.flops == keras.flops
    assert usual.parameters - keras.parameters == 2 * 4 * 320  # one offset a gate instead of two
    assert keras.whole == "recurrent"


def test_no_architecture_is_named_in_the_code() -> None:
    folder = Path(anatomy.__file__).parent
    source = "\n".join(re.sub(r'""".*?"""|#[^\n]*', "", path.read_text(), flags=re.S) for path in folder.glob("*.py"))
    for name in ARCHITECTURES.names():
        # Words that are layers' names as well.
        if name not in ("lstm", "gru", "linear", "transformer"):
            assert name not in source.lower(), name
