"""Enformer from the port's file and from a Sonnet checkpoint: our network answers as a plain computation does."""

import json
import math
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import conv1d, softplus

from seqdl_core.conversion import convert
from seqdl_core.conversion._enformer import parts
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.model_file import load_model
from seqdl_core.models import InputShape, count_parameters
from seqdl_core.models.enformer import Enformer, EnformerConfig
from seqdl_core.sequences.alphabets import DNA
from tests.conversion.checkpoints import write_checkpoint

CHANNELS, HEADS, KEY, BLOCKS, LAYERS, HUMAN, MOUSE = 48, 4, 5, 2, 2, 7, 3
LENGTH = 96  # 12 bins of 8


def port_tensors(pooling: str = "attention", seed: int = 0) -> dict[str, Tensor]:
    """What the port's ``state_dict`` holds, with random values; the tower widens from 24 to 48 channels."""
    generator = torch.Generator().manual_seed(seed)
    made: dict[str, Tensor] = {}

    def layer(name: str, *shape: int, bias: bool = True) -> None:
        made[f"{name}.weight"] = torch.randn(shape, generator=generator) / math.sqrt(math.prod(shape[1:]) or 1)
        if bias:
            made[f"{name}.bias"] = torch.randn(shape[0], generator=generator) / 2

    def norm(name: str, channels: int, running: bool) -> None:
        made[f"{name}.weight"] = torch.rand(channels, generator=generator) + 0.5
        made[f"{name}.bias"] = torch.randn(channels, generator=generator) / 2
        if running:
            made[f"{name}.running_mean"] = torch.randn(channels, generator=generator) / 2
            made[f"{name}.running_var"] = torch.rand(channels, generator=generator) + 0.5
            made[f"{name}.num_batches_tracked"] = torch.tensor(1 << 40)

    def pool(name: str, channels: int) -> None:
        if pooling == "attention":
            made[f"{name}.to_attn_logits.weight"] = torch.randn(channels, channels, 1, 1, generator=generator) / 4

    half = CHANNELS // 2
    layer("stem.0", half, 4, 15)
    norm("stem.1.fn.0", half, True)
    layer("stem.1.fn.2", half, half, 1)
    pool("stem.2", half)
    for block, (before, after) in enumerate([(half, half), (half, CHANNELS)]):
        norm(f"conv_tower.{block}.0.0", before, True)
        layer(f"conv_tower.{block}.0.2", after, before, 5)
        norm(f"conv_tower.{block}.1.fn.0", after, True)
        layer(f"conv_tower.{block}.1.fn.2", after, after, 1)
        pool(f"conv_tower.{block}.2", after)
    for block in range(LAYERS):
        attention = f"transformer.{block}.0.fn"
        norm(f"{attention}.0", CHANNELS, False)
        for name, inputs, outputs in (
            ("to_q", CHANNELS, HEADS * KEY),
            ("to_k", CHANNELS, HEADS * KEY),
            ("to_v", CHANNELS, CHANNELS),
            ("to_rel_k", CHANNELS // HEADS, HEADS * KEY),
        ):
            layer(f"{attention}.1.{name}", outputs, inputs, bias=False)
        layer(f"{attention}.1.to_out", CHANNELS, CHANNELS)
        for name in ("rel_content_bias", "rel_pos_bias"):
            made[f"{attention}.1.{name}"] = torch.randn(1, HEADS, 1, KEY, generator=generator)
        norm(f"transformer.{block}.1.fn.0", CHANNELS, False)
        layer(f"transformer.{block}.1.fn.1", 2 * CHANNELS, CHANNELS)
        layer(f"transformer.{block}.1.fn.4", CHANNELS, 2 * CHANNELS)
    norm("final_pointwise.1.0", CHANNELS, True)
    layer("final_pointwise.1.2", 2 * CHANNELS, CHANNELS, 1)
    layer("_heads.human.0", HUMAN, 2 * CHANNELS)
    layer("_heads.mouse.0", MOUSE, 2 * CHANNELS)
    return made


def gelu(features: Tensor) -> Tensor:
    return features / (1 + torch.exp(-1.702 * features))


@cache
def distance_features(positions: int) -> Tensor:
    """(2P - 1, C/H) of distances 1 - P to P - 1, from the published formulas, one distance at a time."""
    curves, rows = CHANNELS // HEADS // 6, []
    means = [positions / curves + (positions - positions / curves) * i / (curves - 1) for i in range(curves)]
    deviation = positions / (2 * curves)
    longest = math.log2(positions)

    def gamma(distance: int, mean: float) -> float:
        shape, rate = (mean / deviation) ** 2, mean / deviation**2
        powered = 0.0 if distance == 0 else math.exp((shape - 1) * math.log(distance) - rate * distance)
        return powered * math.exp(shape * math.log(rate) - math.lgamma(shape)) + 1e-8

    highest = [max(gamma(distance, mean) for distance in range(positions)) for mean in means]
    for distance in range(1 - positions, positions):
        away = abs(distance)
        half_lives = [2 ** (3 + (longest - 3) * i / (curves - 1)) for i in range(curves)]
        shapes = [0.5 ** (away / half_life) for half_life in half_lives]
        shapes += [float(2 ** (i + 1) - 1 > away) for i in range(curves)]
        shapes += [gamma(away, mean) / top for mean, top in zip(means, highest, strict=True)]
        sign = (distance > 0) - (distance < 0)
        rows.append(shapes + [sign * shape for shape in shapes])
    return torch.tensor(rows, dtype=torch.float64)


def expected(tensors: dict[str, Tensor], one_hot: Tensor, bins: int, head: str = "human") -> Tensor:
    """(N, T, B), logarithms of counts, in double precision."""
    found = {name: tensor.double() for name, tensor in tensors.items()}

    def norm(name: str, features: Tensor) -> Tensor:
        """Features last in layer norm, in the middle in batch norm."""
        weight, bias = found[f"{name}.weight"], found[f"{name}.bias"]
        if f"{name}.running_mean" in found:
            spread = (found[f"{name}.running_var"] + 1e-5).sqrt()
            return (features - found[f"{name}.running_mean"][:, None]) / spread[:, None] * weight[:, None] + bias[
                :, None
            ]
        centred = features - features.mean(-1, keepdim=True)
        return centred / (centred.pow(2).mean(-1, keepdim=True) + 1e-5).sqrt() * weight + bias

    def conv(name: str, features: Tensor) -> Tensor:
        weight = found[f"{name}.weight"]
        return conv1d(features, weight, found[f"{name}.bias"], padding=weight.shape[-1] // 2)

    def block(name: str, features: Tensor) -> Tensor:
        return conv(f"{name}.2", gelu(norm(f"{name}.0", features)))

    def pool(name: str, features: Tensor) -> Tensor:
        left, right = features[..., 0::2], features[..., 1::2]
        if f"{name}.to_attn_logits.weight" not in found:
            return torch.maximum(left, right)
        weigh = found[f"{name}.to_attn_logits.weight"][..., 0, 0]
        first = torch.exp(torch.einsum("oi,nip->nop", weigh, left))
        second = torch.exp(torch.einsum("oi,nip->nop", weigh, right))
        return (first * left + second * right) / (first + second)

    features = conv("stem.0", one_hot.double())
    features = pool("stem.2", features + block("stem.1.fn", features))
    for number in range(BLOCKS):
        features = block(f"conv_tower.{number}.0", features)
        features = pool(f"conv_tower.{number}.2", features + block(f"conv_tower.{number}.1.fn", features))
    features = features.transpose(1, 2)
    positions = features.shape[1]
    apart = torch.arange(positions)[None] - torch.arange(positions)[:, None] + positions - 1  # key minus query
    for number in range(LAYERS):
        name = f"transformer.{number}.0.fn"
        rows, gathered = norm(f"{name}.0", features), []
        for at in range(HEADS):
            keys, values = slice(at * KEY, (at + 1) * KEY), slice(at * CHANNELS // HEADS, (at + 1) * CHANNELS // HEADS)
            query = rows @ found[f"{name}.1.to_q.weight"][keys].T / math.sqrt(KEY)
            key = rows @ found[f"{name}.1.to_k.weight"][keys].T
            value = rows @ found[f"{name}.1.to_v.weight"][values].T
            away = distance_features(positions) @ found[f"{name}.1.to_rel_k.weight"][keys].T
            by_content = torch.einsum("nik,njk->nij", query + found[f"{name}.1.rel_content_bias"][0, at], key)
            by_distance = torch.einsum("nik,ijk->nij", query + found[f"{name}.1.rel_pos_bias"][0, at], away[apart])
            gathered.append(torch.softmax(by_content + by_distance, -1) @ value)
        out = torch.cat(gathered, -1) @ found[f"{name}.1.to_out.weight"].T + found[f"{name}.1.to_out.bias"]
        features = features + out
        name = f"transformer.{number}.1.fn"
        hidden = norm(f"{name}.0", features) @ found[f"{name}.1.weight"].T + found[f"{name}.1.bias"]
        features = features + hidden.clamp(min=0) @ found[f"{name}.4.weight"].T + found[f"{name}.4.bias"]
    cut = (positions - bins) // 2
    features = features[:, cut : cut + bins].transpose(1, 2)
    features = gelu(block("final_pointwise.1", features))
    scores = torch.einsum("oi,nip->nop", found[f"_heads.{head}.0.weight"], features)
    return softplus(scores + found[f"_heads.{head}.0.bias"][:, None]).log()


def sonnet_arrays(tensors: dict[str, Tensor]) -> dict[str, np.ndarray]:
    """The same network as DeepMind's checkpoint holds it, with what the moving averages are computed from."""
    trunk, end = "module/_trunk/_layers", "/.ATTRIBUTES/VARIABLE_VALUE"
    places = {
        "stem.0": f"{trunk}/0/_layers/0",
        "stem.1.fn": f"{trunk}/0/_layers/1/_module/_layers",
        "stem.2": f"{trunk}/0/_layers/2/_logit_linear",
        "final_pointwise.1": f"{trunk}/4/_layers/0/_layers",
        "_heads.human.0": "module/_heads/human/_layers/0",
        "_heads.mouse.0": "module/_heads/mouse/_layers/0",
    }
    for number in range(BLOCKS):
        places[f"conv_tower.{number}.0"] = f"{trunk}/1/_layers/{number}/_layers/0/_layers"
        places[f"conv_tower.{number}.1.fn"] = f"{trunk}/1/_layers/{number}/_layers/1/_module/_layers"
        places[f"conv_tower.{number}.2"] = f"{trunk}/1/_layers/{number}/_layers/2/_logit_linear"
    for number in range(LAYERS):
        attention = f"{trunk}/2/_layers/{number}/_layers/0/_module/_layers"
        places[f"transformer.{number}.0.fn"] = attention
        places[f"transformer.{number}.1.fn"] = f"{trunk}/2/_layers/{number}/_layers/1/_module/_layers"
        for theirs, name in (("to_q", "_q_layer"), ("to_k", "_k_layer"), ("to_v", "_v_layer")):
            places[f"transformer.{number}.0.fn.1.{theirs}"] = f"{attention}/1/{name}"
        for theirs, name in (("to_rel_k", "_r_k_layer"), ("to_out", "_embedding_layer")):
            places[f"transformer.{number}.0.fn.1.{theirs}"] = f"{attention}/1/{name}"
    arrays = {}
    for name, tensor in tensors.items():
        if name.endswith(("rel_content_bias", "rel_pos_bias")):
            block = name.split(".")[1]
            letter = "w" if "content" in name else "r"
            arrays[f"{trunk}/2/_layers/{block}/_layers/0/_module/_layers/1/_r_{letter}_bias"] = tensor.numpy()
            continue
        layer, leaf = name.rsplit(".", 1)
        known = max((place for place in places if layer == place or layer.startswith(place + ".")), key=len)
        place = places[known] + layer[len(known) :].replace(".to_attn_logits", "").replace(".", "/")
        if leaf == "num_batches_tracked":
            for average in ("moving_mean", "moving_variance"):
                arrays[f"{place}/{average}/_counter"] = np.array(12, np.int64)
        elif leaf.startswith("running"):
            average = "moving_mean" if leaf.endswith("mean") else "moving_variance"
            arrays[f"{place}/{average}/average"] = tensor.numpy()[None, None]
            arrays[f"{place}/{average}/_hidden"] = tensor.numpy()[None, None] * 0.9
        elif f"{layer}.running_mean" in tensors or (tensor.ndim == 1 and tensors[f"{layer}.weight"].ndim == 1):
            arrays[f"{place}/{'scale' if leaf == 'weight' else 'offset'}"] = tensor.numpy()
        elif leaf == "bias":
            arrays[f"{place}/b"] = tensor.numpy()
        elif tensor.ndim == 4:
            arrays[f"{place}/w"] = np.ascontiguousarray(tensor.numpy()[..., 0, 0].T)
        else:
            arrays[f"{place}/w"] = np.ascontiguousarray(tensor.numpy().T)
    return {name + end: array for name, array in arrays.items()} | {f"save_counter{end}": np.array(1, np.int64)}


def one_hot(length: int = LENGTH, count: int = 3) -> Tensor:
    drawn = np.random.default_rng(5)
    made = torch.eye(4)[torch.tensor(drawn.integers(0, 4, (count, length)))].transpose(1, 2).clone()
    made[-1, :, 10:15] = 0
    return made


def port_file(folder: Path, tensors: dict[str, Tensor]) -> Path:
    path = folder / "pytorch_model.bin"
    torch.save(tensors, path)
    return path


def assert_answers(name: str, path: Path, tensors: dict[str, Tensor], out: Path, **settings: Any) -> None:
    card = convert(name, path, out, settings=settings, length=LENGTH)
    assert (card.targets, card.bins, card.task, card.alphabet) == (HUMAN, 12, "tracks", "dna")
    network = load_model(out).network
    with torch.no_grad():
        found = network(one_hot())
        mouse = network.mouse(one_hot())
    wanted = expected(tensors, one_hot(), 12)
    assert float(wanted.std(-1).min()) > 1e-3
    torch.testing.assert_close(found.double(), wanted, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(mouse.double(), expected(tensors, one_hot(), 12, "mouse"), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("pooling", ["attention", "max"])
def test_the_port(pooling: str, tmp_path: Path) -> None:
    tensors = port_tensors(pooling)
    assert_answers("huggingface-enformer", port_file(tmp_path, tensors), tensors, tmp_path / "m.safetensors")
    config = load_model(tmp_path / "m.safetensors").card.architecture_config
    wanted = {"channels": CHANNELS, "heads": HEADS, "key_width": KEY, "tower_blocks": BLOCKS, "layers": LAYERS}
    assert wanted.items() <= config.items()
    assert (config["pooling"], config["mouse_targets"], config["single_precision"]) == (pooling, MOUSE, True)


@pytest.mark.parametrize("pooling", ["attention", "max"])
def test_the_sonnet_checkpoint(pooling: str, tmp_path: Path) -> None:
    tensors = port_tensors(pooling, seed=1)
    index = write_checkpoint(tmp_path / "enformer-fine-tuned-human-1", sonnet_arrays(tensors))
    assert_answers("sonnet-enformer", index, tensors, tmp_path / "m.safetensors")


def test_a_folder_with_config_and_tensors_under_two_names(tmp_path: Path) -> None:
    """The port holds its parts twice, as themselves and as the trunk's."""
    tensors, folder = port_tensors(), tmp_path / "enformer"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "enformer", "dim": CHANNELS}))
    trunk = {"stem.": "1", "conv_tower.": "2", "transformer.": "4", "final_pointwise.": "6"}
    again = {
        f"_trunk.{place}.{name.removeprefix(part)}": tensor
        for part, place in trunk.items()
        for name, tensor in tensors.items()
        if name.startswith(part)
    }
    assert len(again) == len(tensors) - 4  # all but the heads
    port_file(folder, tensors | again)
    assert_answers("huggingface-enformer", folder, tensors, tmp_path / "both.safetensors")
    heads = {name: tensor for name, tensor in tensors.items() if name.startswith("_heads")}
    port_file(folder, again | heads)
    assert_answers("huggingface-enformer", folder, tensors, tmp_path / "trunk.safetensors")
    again["_trunk.1.0.bias"] = again["_trunk.1.0.bias"] + 1
    port_file(folder, tensors | again)
    refused(folder, "differ in the file")


def test_of_a_long_sequence_the_middle_is_scored(tmp_path: Path) -> None:
    length, tensors = 8 * 901, port_tensors()
    out = tmp_path / "m.safetensors"
    card = convert("huggingface-enformer", port_file(tmp_path, tensors), out, length=length)
    assert card.bins == 895  # 901 bins and 896 of them have no common middle
    picture = one_hot(length, 1)
    with torch.no_grad():
        torch.testing.assert_close(
            load_model(out)(picture).double(), expected(tensors, picture, 895), rtol=1e-3, atol=1e-3
        )


def test_every_place_of_the_published_network_has_one_source() -> None:
    """251,221,292 parameters with both heads; only counts of batches come from nowhere."""
    with torch.device("meta"):
        config = EnformerConfig(mouse_targets=1643)
        network = Enformer(config, InputShape(DNA, 196_608, 5313, "bins", 896))
    assert count_parameters(network) == 251_221_292
    leaves = {
        "convolution": (".weight", ".bias"),
        "linear": (".weight", ".bias"),
        "layer norm": (".weight", ".bias"),
        "batch norm": (".weight", ".bias", ".running_mean", ".running_var"),
        "linear without bias": (".weight",),
        "pool": (".weight",),
        "bias": ("",),
    }
    listed = list(parts(6, 11, pooled=True, mouse=True))
    filled = [part.ours + leaf for part in listed for leaf in leaves[part.kind]]
    assert len(set(filled)) == len(filled)
    assert set(filled) == {name for name in network.state_dict() if not name.endswith("num_batches_tracked")}
    assert len({part.port for part in listed}) == len({part.sonnet for part in listed}) == len(listed)


def test_without_the_mouse_head(tmp_path: Path) -> None:
    path = port_file(tmp_path, port_tensors())
    card = convert("huggingface-enformer", path, tmp_path / "m", length=LENGTH, settings={"mouse_targets": 0})
    assert card.architecture_config["mouse_targets"] == 0
    human = {name: tensor for name, tensor in port_tensors().items() if "mouse" not in name}
    card = convert("huggingface-enformer", port_file(tmp_path, human), tmp_path / "m", length=LENGTH)
    assert (card.targets, card.architecture_config["mouse_targets"]) == (HUMAN, 0)


def refused(path: Path, said: str, name: str = "huggingface-enformer") -> None:
    with pytest.raises(ModelFileError, match=said) as caught:
        convert(name, path, path.parent / "refused.safetensors", length=LENGTH)
    assert all(caught.value.parts().values())
    assert not (path.parent / "refused.safetensors").exists()


@pytest.mark.parametrize(
    "name",
    [
        "stem.0.weight",
        "conv_tower.1.2.to_attn_logits.weight",
        "transformer.1.0.fn.1.rel_pos_bias",
        "_heads.human.0.bias",
    ],
)
def test_missing_misshapen_and_broken_tensors(name: str, tmp_path: Path) -> None:
    tensors = port_tensors()
    without = {key: tensor for key, tensor in tensors.items() if key != name}
    refused(port_file(tmp_path, without), "no tensor")
    broken = tensors[name].clone()
    broken.flatten()[0] = math.nan
    refused(port_file(tmp_path, tensors | {name: broken}), "not finite")
    refused(port_file(tmp_path, tensors | {name: tensors[name][:-1]}), "should be|of the network")
    refused(port_file(tmp_path, tensors | {name: tensors[name][None]}), "should be")


def test_what_is_no_enformer(tmp_path: Path) -> None:
    refused(port_file(tmp_path, port_tensors() | {"extra.weight": torch.ones(2)}), "'extra.weight'")
    refused(port_file(tmp_path, {"2.0.weight": torch.ones(3, 4, 1, 8)}), "no tower")
    folder = tmp_path / "empty"
    folder.mkdir()
    refused(folder, "no weights")
    shutil.copy(port_file(tmp_path, port_tensors()), folder)
    (folder / "config.json").write_text('{"model_type": "esm"}')
    refused(folder, "model_type")
    refused(write_checkpoint(tmp_path / "net", {"dense/kernel": np.ones(2, np.float32)}), "no tower", "sonnet-enformer")
    arrays = sonnet_arrays(port_tensors())
    missing = next(name for name in arrays if "_q_layer" in name)
    without = {name: array for name, array in arrays.items() if name != missing}
    refused(write_checkpoint(tmp_path / "net", without), "_q_layer", "sonnet-enformer")
    extra = arrays | {"module/_trunk/_extra/.ATTRIBUTES/VARIABLE_VALUE": np.ones(2, np.float32)}
    refused(write_checkpoint(tmp_path / "net", extra), "_extra", "sonnet-enformer")


def test_what_the_file_decides_and_lengths_it_cannot_take(tmp_path: Path) -> None:
    path = port_file(tmp_path, port_tensors())
    with pytest.raises(ConfigError, match="channels"):
        convert("huggingface-enformer", path, tmp_path / "m", settings={"channels": 96}, length=LENGTH)
    with pytest.raises(ConfigError, match="whole number"):
        convert("huggingface-enformer", path, tmp_path / "m", length=LENGTH + 1)
