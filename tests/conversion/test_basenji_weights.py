"""Basenji2's Keras file, with random values: our network answers as a plain computation does."""

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from torch.nn.functional import conv1d, gelu, max_pool1d, softplus

from seqdl_core.conversion import convert
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.model_file import load_model

STEM, TOWER, DILATED, FINAL, TRACKS, LENGTH = 8, (8, 9, 10), 6, 12, 5, 96  # 6 bins of 16
RATES = (1, 2, 3, 4)

Layers = dict[str, dict[str, np.ndarray]]


def layers(first: int = 0, seed: int = 0) -> Layers:
    """Weights by layer, named as Keras counts: from ``conv1d`` or, after another network, from ``conv1d_5``."""
    drawn, made = np.random.default_rng(seed), {}
    shapes = [(15, 4, STEM)]
    shapes += [(5, before, after) for before, after in zip((STEM, *TOWER), TOWER, strict=False)]
    shapes += [shape for _ in RATES for shape in ((3, TOWER[-1], DILATED), (1, DILATED, TOWER[-1]))]
    shapes += [(1, TOWER[-1], FINAL)]
    for number, shape in enumerate(shapes, first):
        suffix = f"_{number}" if number else ""
        width, inputs, outputs = shape
        made[f"conv1d{suffix}"] = {"kernel": drawn.normal(0, (2 / (width * inputs)) ** 0.5, shape)}
        made[f"batch_normalization{suffix}"] = {
            "gamma": drawn.uniform(0.5, 1.5, outputs),
            "beta": drawn.normal(0, 0.5, outputs),
            "moving_mean": drawn.normal(0, 0.5, outputs),
            "moving_variance": drawn.uniform(0.5, 1.5, outputs),
        }
    made["dense" if not first else "dense_1"] = {
        "kernel": drawn.normal(0, FINAL**-0.5, (FINAL, TRACKS)),
        "bias": drawn.normal(0, 0.5, TRACKS),
    }
    return {
        layer: {name: array.astype(np.float32) for name, array in weights.items()} for layer, weights in made.items()
    }


def written(folder: Path, made: Layers, whole: bool = False) -> Path:
    """As Keras 2 writes it: ``save_weights``, or with the model around it; layers without weights are listed too."""
    path = folder / "model_human.h5"
    with h5py.File(path, "w") as opened:
        root = opened.create_group("model_weights") if whole else opened
        # In Keras's alphabet, conv1d_10 stands before conv1d_2.
        names = ["sequence", "stochastic_shift", *sorted(made)]
        root.attrs["layer_names"] = np.array([name.encode() for name in names])
        for layer in names:
            group, weights = root.create_group(layer), made.get(layer, {})
            group.attrs["weight_names"] = np.array([f"{layer}/{name}:0".encode() for name in weights])
            for name, array in weights.items():
                group[f"{layer}/{name}:0"] = array
    return path


def expected(made: Layers, one_hot: torch.Tensor, form: str = "sigmoid") -> torch.Tensor:
    """(N, T, B), logarithms of counts, in double precision."""
    names = list(made)
    convolutions = [name for name in names if name.startswith("conv1d")]
    norms = [name for name in names if name.startswith("batch")]
    blocks = iter(zip(convolutions, norms, strict=True))

    def activate(values: torch.Tensor) -> torch.Tensor:
        return values / (1 + torch.exp(-1.702 * values)) if form == "sigmoid" else gelu(values, approximate="tanh")

    def block(values: torch.Tensor, rate: int = 1) -> torch.Tensor:
        convolution, norm = next(blocks)
        kernel = torch.tensor(made[convolution]["kernel"]).double().permute(2, 1, 0)
        found = conv1d(activate(values), kernel, padding=rate * (kernel.shape[2] // 2), dilation=rate)
        gamma, beta, mean, variance = (torch.tensor(array).double()[:, None] for array in made[norm].values())
        return gamma * (found - mean) / (variance + 1e-3).sqrt() + beta

    values = max_pool1d(block(one_hot.double()), 2)
    for _ in TOWER:
        values = max_pool1d(block(values), 2)
    for rate in RATES:
        values = values + block(block(values, rate))
    values = activate(block(values))
    dense = {name: torch.tensor(array).double() for name, array in made[names[-1]].items()}
    return softplus(torch.einsum("nip,io->nop", values, dense["kernel"]) + dense["bias"][:, None]).log()


def one_hot() -> torch.Tensor:
    made = torch.eye(4)[torch.tensor(np.random.default_rng(5).integers(0, 4, (3, LENGTH)))].transpose(1, 2).clone()
    made[-1, :, 10:15] = 0
    return made


def assert_answers(path: Path, made: Layers, form: str = "sigmoid", **settings: Any) -> None:
    out = path.parent / "m.safetensors"
    card = convert("keras-basenji", path, out, settings=settings, length=LENGTH)
    assert (card.targets, card.bins, card.task, card.alphabet) == (TRACKS, 6, "tracks", "dna")
    with torch.no_grad():
        found = load_model(out)(one_hot())
    wanted = expected(made, one_hot(), form)
    assert float(wanted.std(-1).min()) > 1e-3
    torch.testing.assert_close(found.double(), wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("first", [0, 5])
def test_the_keras_file(first: int, whole: bool, tmp_path: Path) -> None:
    made = layers(first)
    assert_answers(written(tmp_path, made, whole), made)


def test_the_later_activation(tmp_path: Path) -> None:
    made = layers()
    assert_answers(written(tmp_path, made), made, "tanh", gelu="tanh")


def refused(path: Path, said: str) -> None:
    out = path.parent / "refused.safetensors"
    with pytest.raises(ModelFileError, match=said) as caught:
        convert("keras-basenji", path, out, length=LENGTH)
    assert all(caught.value.parts().values())
    assert not out.exists()


def test_missing_misshapen_and_broken_weights(tmp_path: Path) -> None:
    made = layers()
    for layer, weight in (("conv1d_3", "kernel"), ("batch_normalization_7", "beta"), ("dense", "bias")):
        rest = {name: array for name, array in made[layer].items() if name != weight}
        refused(written(tmp_path, made | {layer: rest}), f"{weight}|not the blocks")
        broken = made[layer][weight].copy()
        broken.flat[0] = np.nan
        refused(written(tmp_path, made | {layer: rest | {weight: broken}}), "not finite")
        cut = made[layer][weight][..., :-1]
        refused(written(tmp_path, made | {layer: rest | {weight: cut}}), "should be|of the network")


def test_another_networks_file(tmp_path: Path) -> None:
    made = layers()
    for layer in ("conv1d_3", "batch_normalization", "dense"):
        refused(written(tmp_path, {name: weights for name, weights in made.items() if name != layer}), "not the blocks")
    refused(written(tmp_path, made | {"extra": {"kernel": np.ones(2, np.float32)}}), "extra")
    refused(written(tmp_path, {"lstm": {"kernel": np.ones((2, 2), np.float32)}}), "not the blocks")
    path = written(tmp_path, made)
    path.write_bytes(path.read_bytes()[:-2000])
    refused(path, "damaged")


def test_what_the_file_decides(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="dilated_blocks"):
        convert("keras-basenji", written(tmp_path, layers()), tmp_path / "m", settings={"dilated_blocks": 3})
