"""Small files as the authors' programs write them, with random numbers, and what their networks answer.

Each sample is written and computed without our networks, from the layer tables of the papers: nested ``nn.Sequential``
modules for what Kipoi publishes, numpy for Keras and DeepBind. ``expected`` maps one-hot ``(N, 4, L)``, rows A, C, G
and T, to what our network's raw scores must be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

Arrays = dict[str, np.ndarray]
AGCT = [0, 2, 1, 3]


@dataclass(frozen=True)
class Sample:
    path: Path
    length: int
    expected: Callable[[Tensor], Tensor]
    settings: Mapping[str, Any] = field(default_factory=dict)


class Lambda(nn.Module):
    """A layer without tensors, as the conversion from Lua Torch makes them."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, inputs: Tensor) -> Tensor:
        return self.function(inputs)


def flat() -> Lambda:
    return Lambda(lambda inputs: inputs.reshape(len(inputs), -1))


def linear(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(Lambda(lambda found: found), nn.Linear(inputs, outputs))


def randomise(network: nn.Module, seed: int) -> nn.Module:
    """Every parameter and running value away from what a constructor leaves, and none so small that it hides."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 1.5, generator=generator)
            elif tensor.is_floating_point():
                fan_in = max(tensor[0].numel(), 1) if tensor.ndim > 1 else 1
                tensor.normal_(0, (2 / fan_in) ** 0.5 if tensor.ndim > 1 else 0.5, generator=generator)
    return network.eval()


def logits(network: nn.Module, prepare: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Scores of a network that ends in a sigmoid."""

    def score(one_hot: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.logit(network.double()(prepare(one_hot.double())))

    return score


def deepsea(folder: Path, prefix: str = "2.") -> Sample:
    """Kipoi's: height 1, rows A, G, C, T; layers without tensors stand before the network (``prefix``)."""
    network = nn.Sequential(
        nn.Conv2d(4, 6, (1, 8)),
        nn.Threshold(0, 1e-6),
        nn.MaxPool2d((1, 4), (1, 4)),
        nn.Dropout(0.2),
        nn.Conv2d(6, 7, (1, 8)),
        nn.Threshold(0, 1e-6),
        nn.MaxPool2d((1, 4), (1, 4)),
        nn.Dropout(0.2),
        nn.Conv2d(7, 8, (1, 8)),
        nn.Threshold(0, 1e-6),
        nn.Dropout(0.5),
        flat(),
        linear(8 * 3, 9),
        nn.Threshold(0, 1e-6),
        linear(9, 5),
        nn.Sigmoid(),
    )
    randomise(network, 1)
    path = folder / "deepsea_predict.pth"
    torch.save({f"{prefix}{name}": tensor for name, tensor in network.state_dict().items()}, path)
    settings = {"filters": 6, "channels_2": 7, "channels_3": 8, "hidden": 9}
    return Sample(path, 200, logits(network, lambda one_hot: one_hot[:, AGCT, None]), settings)


def beluga(folder: Path) -> Sample:
    """ExPecto's, in the older format of torch.save, without zip."""
    convolutions = nn.Sequential(
        nn.Conv2d(4, 6, (1, 5)),
        nn.ReLU(),
        nn.Conv2d(6, 6, (1, 5)),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.MaxPool2d((1, 4), (1, 4)),
        nn.Conv2d(6, 7, (1, 5)),
        nn.ReLU(),
        nn.Conv2d(7, 7, (1, 5)),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.MaxPool2d((1, 4), (1, 4)),
        nn.Conv2d(7, 8, (1, 5)),
        nn.ReLU(),
        nn.Conv2d(8, 8, (1, 5)),
        nn.ReLU(),
    )
    dense = nn.Sequential(nn.Dropout(0.5), flat(), linear(8 * 2, 9), nn.ReLU(), linear(9, 5), nn.Sigmoid())
    network = nn.Module()
    network.model = nn.Sequential(convolutions, dense)
    randomise(network, 2)
    path = folder / "deepsea.beluga.pth"
    torch.save(network.state_dict(), path, _use_new_zipfile_serialization=False)
    settings = {"filters": 6, "filter_width": 5, "channels_2": 7, "channels_3": 8, "hidden": 9}
    return Sample(path, 200, logits(network.model, lambda one_hot: one_hot[:, AGCT, None]), settings)


def basset(folder: Path) -> Sample:
    """Kipoi's: width 1 after the length, rows A, C, G, T."""
    network = nn.Sequential(
        nn.Conv2d(4, 6, (19, 1)),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.MaxPool2d((3, 1), (3, 1)),
        nn.Conv2d(6, 5, (11, 1)),
        nn.BatchNorm2d(5),
        nn.ReLU(),
        nn.MaxPool2d((4, 1), (4, 1)),
        nn.Conv2d(5, 5, (7, 1)),
        nn.BatchNorm2d(5),
        nn.ReLU(),
        nn.MaxPool2d((4, 1), (4, 1)),
        flat(),
        linear(5 * 3, 8),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.3),
        linear(8, 8),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.3),
        linear(8, 4),
        nn.Sigmoid(),
    )
    randomise(network, 3)
    path = folder / "pretrained_model_reloaded_th.pth"
    kept = {name: tensor for name, tensor in network.state_dict().items() if "num_batches" not in name}  # torch 0.3
    torch.save(kept, path)
    settings = {"filters": 6, "channels": 5, "hidden": 8}
    return Sample(path, 300, logits(network, lambda one_hot: one_hot[..., None]), settings)


def numbers(seed: int) -> Callable[..., np.ndarray]:
    """Random weights of a shape, scaled by what a unit reads; the last axis counts units, as in Keras."""
    drawn = np.random.default_rng(seed)

    def draw(*shape: int) -> np.ndarray:
        scale = (2 / np.prod(shape[:-1])) ** 0.5 if len(shape) > 1 else 0.5
        return drawn.normal(0, scale, shape).astype(np.float32)

    return draw


def write_keras(path: Path, layers: Mapping[str, Arrays], inside: str = "", pieces: bool = False) -> None:
    """Layers as Keras 2 writes them: attributes list the names, in pieces where the list is long."""
    with h5py.File(path, "w") as opened:
        root = opened.create_group(inside) if inside else opened
        root.attrs["backend"] = b"tensorflow"
        listed = np.array([name.encode() for name in layers])
        if pieces:
            for number, piece in enumerate(np.array_split(listed, 3)):
                root.attrs[f"layer_names{number}"] = piece
        else:
            root.attrs["layer_names"] = listed
        for name, arrays in layers.items():
            group = root.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{weight}:0".encode() for weight in arrays]
            for weight, array in arrays.items():
                group[f"{name}/{weight}:0"] = array


def keras_convolution(draw: Callable[..., np.ndarray], width: int, inputs: int, filters: int) -> Arrays:
    return {"kernel": draw(width, inputs, filters), "bias": draw(filters)}


def keras_norm(draw: Callable[..., np.ndarray], channels: int) -> Arrays:
    return {
        "gamma": 1 + draw(channels),
        "beta": draw(channels),
        "moving_mean": draw(channels),
        "moving_variance": np.exp(draw(channels)),
    }


def same_convolution(rows: np.ndarray, layer: Arrays, dilation: int = 1) -> np.ndarray:
    """Keras's Conv1D with padding="same" on rows (L, C); widths here are odd."""
    kernel = layer["kernel"].astype(np.float64)
    around = dilation * (len(kernel) - 1) // 2
    padded = np.pad(rows, ((around, around), (0, 0)))
    steps = [padded[tap * dilation : tap * dilation + len(rows)] @ kernel[tap] for tap in range(len(kernel))]
    return np.sum(steps, 0) + layer["bias"]


def normalised(rows: np.ndarray, layer: Arrays) -> np.ndarray:
    spread = np.sqrt(layer["moving_variance"].astype(np.float64) + 1e-3)
    return (rows - layer["moving_mean"]) / spread * layer["gamma"] + layer["beta"]


def pooled(rows: np.ndarray, width: int) -> np.ndarray:
    count = len(rows) // width
    return rows[: count * width].reshape(count, width, -1).max(1)


def rectified(rows: np.ndarray) -> np.ndarray:
    return np.maximum(rows, 0)


def each(score: Callable[[np.ndarray], np.ndarray]) -> Callable[[Tensor], Tensor]:
    """A function of one sequence (L, 4) as one of many (N, 4, L)."""
    return lambda one_hot: torch.tensor(np.stack([score(one.T) for one in one_hot.double().numpy()]))


def deepstarr(folder: Path) -> Sample:
    draw = numbers(4)
    widths = {"Conv1D_1st": (7, 4, 6), "Conv1D_2": (3, 6, 4), "Conv1D_3": (5, 4, 4), "Conv1D_4": (3, 4, 8)}
    layers = {name: keras_convolution(draw, *sizes) for name, sizes in widths.items()}
    for number, channels in enumerate((6, 4, 4, 8, 16, 16), 1):
        layers[f"batch_normalization_{number}"] = keras_norm(draw, channels)
    for name, inputs, units in (("Dense_1", 6 * 8, 16), ("Dense_2", 16, 16), ("Dense_Dev", 16, 1), ("Dense_Hk", 16, 1)):
        layers[name] = {"kernel": draw(inputs, units), "bias": draw(units)}
    layers["flatten_1"] = {}
    path = folder / "DeepSTARR.model.h5"
    write_keras(path, layers)

    def score(rows: np.ndarray) -> np.ndarray:
        for number, name in enumerate(widths, 1):
            found = same_convolution(rows, layers[name])
            rows = pooled(rectified(normalised(found, layers[f"batch_normalization_{number}"])), 2)
        row = rows.reshape(-1)  # position by position
        for number, name in ((5, "Dense_1"), (6, "Dense_2")):
            row = row @ layers[name]["kernel"].astype(np.float64) + layers[name]["bias"]
            row = rectified(normalised(row, layers[f"batch_normalization_{number}"]))
        heads = [row @ layers[name]["kernel"] + layers[name]["bias"] for name in ("Dense_Dev", "Dense_Hk")]
        return np.concatenate(heads)

    return Sample(path, 103, each(score), {"filters": 6, "channels": 4, "hidden": 16})


SPLICEAI_GROUPS = {"80nt": [(11, 1)], "400nt": [(11, 1), (11, 4)], "2k": [(11, 1), (11, 4), (21, 10)]}
SPLICEAI_GROUPS["10k"] = [*SPLICEAI_GROUPS["2k"], (41, 25)]


def spliceai(folder: Path, size: str = "80nt", channels: int = 4) -> Sample:
    """A whole saved model, its layers listed as a graph is walked and not as they were made."""
    draw, groups = numbers(5), SPLICEAI_GROUPS[size]
    widths = [1, 1]
    for width, _ in groups:
        widths += [width] * 8 + [1]
    layers: dict[str, Arrays] = {}
    for number, width in enumerate(widths, 1):
        layers[f"conv1d_{number}"] = keras_convolution(draw, width, 4 if number == 1 else channels, channels)
    layers[f"conv1d_{len(widths) + 1}"] = keras_convolution(draw, 1, channels, 3)
    for number in range(1, 8 * len(groups) + 1):
        layers[f"batch_normalization_{number}"] = keras_norm(draw, channels)
    path = folder / "spliceai1.h5"
    write_keras(path, dict(sorted(layers.items(), reverse=True)), "model_weights", pieces=True)
    with h5py.File(path, "a") as opened:
        opened.attrs["model_config"] = b"{}"
        opened["optimizer_weights/Adam/iterations:0"] = np.int64(7)

    def convolve(rows: Tensor, number: int, dilation: int = 1) -> Tensor:
        layer = layers[f"conv1d_{number}"]
        kernel = torch.tensor(layer["kernel"].transpose(2, 1, 0).copy()).double()
        return functional.conv1d(rows, kernel, torch.tensor(layer["bias"]).double(), padding="same", dilation=dilation)

    def ready(rows: Tensor, number: int) -> Tensor:
        layer = {name: torch.tensor(array).double() for name, array in layers[f"batch_normalization_{number}"].items()}
        found = functional.batch_norm(
            rows, layer["moving_mean"], layer["moving_variance"], layer["gamma"], layer["beta"], eps=1e-3
        )
        return functional.relu(found)

    def score(one_hot: Tensor) -> Tensor:
        context = sum(4 * 2 * (width - 1) * dilation for width, dilation in groups) // 2
        rows = convolve(functional.pad(one_hot.double(), (context, context)), 1)
        total, layer, norm = convolve(rows, 2), 3, 1
        for _, dilation in groups:
            for _ in range(4):
                found = convolve(ready(rows, norm), layer, dilation)
                rows = rows + convolve(ready(found, norm + 1), layer + 1, dilation)
                layer, norm = layer + 2, norm + 2
            total, layer = total + convolve(rows, layer), layer + 1
        return convolve(total[..., context : total.shape[-1] - context], layer)

    return Sample(path, 30, score)


def danq(folder: Path, backward_order: str = "aligned") -> Sample:
    """Keras 0.2: layers and tensors are numbered, convolution turns its filters round, gates are i, c, f, o."""
    draw = numbers(6)
    convolution = [draw(26, 4, 6).transpose(2, 1, 0)[..., None], draw(6)]
    directions = [[draw(*shape) for _ in "icfo" for shape in ((6, 4), (4, 4), (4,))] for _ in range(2)]
    dense = [[draw(5 * 8, 7), draw(7)], [draw(7, 3), draw(3)]]
    path = folder / "DanQ_bestmodel.hdf5"
    with h5py.File(path, "w") as opened:
        opened.attrs["nb_layers"] = 10
        held = {0: convolution, 3: directions[0] + directions[1], 6: dense[0], 8: dense[1]}
        for number in range(10):
            group = opened.create_group(f"layer_{number}")
            group.attrs["nb_params"] = len(held.get(number, []))
            for place, array in enumerate(held.get(number, [])):
                group.create_dataset(f"param_{place}", data=array)

    def hard(values: np.ndarray) -> np.ndarray:
        return np.clip(0.2 * values + 0.5, 0, 1)

    def read(rows: np.ndarray, parts: list[np.ndarray]) -> np.ndarray:
        gates = {name: parts[3 * place : 3 * place + 3] for place, name in enumerate("icfo")}
        answer, cell, answers = np.zeros(4), np.zeros(4), []
        for row in rows:
            said = {name: row @ W + answer @ U + b for name, (W, U, b) in gates.items()}
            cell = hard(said["f"]) * cell + hard(said["i"]) * np.tanh(said["c"])
            answer = hard(said["o"]) * np.tanh(cell)
            answers.append(answer)
        return np.array(answers)

    def score(rows: np.ndarray) -> np.ndarray:
        rows = rows[:, AGCT]
        weight, bias = convolution[0][..., 0].astype(np.float64), convolution[1]
        scanned = [
            sum(np.convolve(rows[:, letter], filters[letter], "valid") for letter in range(4)) for filters in weight
        ]
        rows = pooled(rectified(np.array(scanned).T + bias), 13)
        forward = read(rows, directions[0])
        backward = read(rows if backward_order == "forward" else rows[::-1], directions[1])
        both = np.concatenate([forward, backward[::-1] if backward_order == "aligned" else backward], 1)
        hidden = rectified(both.reshape(-1) @ dense[0][0] + dense[0][1])
        return hidden @ dense[1][0] + dense[1][1]

    settings = {"filters": 6, "memory": 4, "hidden": 7}
    if backward_order != "aligned":
        settings |= {"backward_order": backward_order}
    return Sample(path, 100, each(score), settings)


def deepbind(folder: Path, strands: int = 1, average: int = 0, hidden: int = 0, window: int = 9) -> Sample:
    """Release 0.11: ``name = numbers``; a vector that a network has no use for is empty. A window is 1.5 m letters."""
    draw, d, m = numbers(7), 5, 6
    pooled_size, units = d * (1 + average), hidden or 1
    vectors = {
        "detectors": draw(m * 4, d).reshape(-1),  # index k + d (base + 4 pos)
        "thresholds": draw(d),
        "weights1": draw(pooled_size, units).reshape(-1),
        "biases1": draw(units),
        "weights2": draw(hidden),
        "biases2": draw(1 if hidden else 0),
    }
    counts = {
        "reverse_complement": strands,
        "num_detectors": d,
        "detector_len": m,
        "has_avg_pooling": average,
        "num_hidden": hidden,
    }
    lines = ["# deepbind 0.1", *(f"{name} = {count}" for name, count in counts.items())]
    lines += [f"{name} = {','.join(f'{value:.9g}' for value in vector)}" for name, vector in vectors.items()]
    path = folder / "D00001.001.txt"
    path.write_text("\n".join(lines) + "\n")

    def one_strand(rows: np.ndarray) -> float:
        rows = np.pad(
            np.where(rows.sum(1, keepdims=True) > 0, rows, 0.25), ((m - 1, m - 1), (0, 0)), constant_values=0.25
        )
        places = len(rows) - m + 1
        found = np.zeros((d, places))
        for k in range(d):
            for i in range(places):
                for j in range(m):
                    for base in range(4):
                        found[k, i] += rows[i + j, base] * vectors["detectors"][k + d * (base + 4 * j)]
                found[k, i] = max(found[k, i] + vectors["thresholds"][k], 0)
        inputs = []
        for k in range(d):
            inputs += [found[k].max(), found[k].sum() / places] if average else [found[k].max()]
        said = [
            vectors["biases1"][j] + sum(vectors["weights1"][i * units + j] * value for i, value in enumerate(inputs))
            for j in range(units)
        ]
        if not hidden:
            return float(said[0])
        return float(vectors["biases2"][0] + sum(max(h, 0) * w for h, w in zip(said, vectors["weights2"], strict=True)))

    def score(rows: np.ndarray) -> np.ndarray:
        (known,) = np.nonzero(rows.sum(1))
        rows = rows[known[0] : known[-1] + 1]
        both = [rows, rows[::-1, ::-1]] if strands else [rows]
        starts = range(max(len(rows) - window, 0) + 1)
        return np.array([max(one_strand(strand[start : start + window]) for strand in both for start in starts)])

    return Sample(path, 20, each(score), {} if window < 20 else {"windows": False})


SAMPLES: dict[str, Callable[[Path], Sample]] = {
    "kipoi-deepsea": deepsea,
    "expecto-beluga": beluga,
    "kipoi-basset": basset,
    "keras-deepstarr": deepstarr,
    "keras-spliceai": spliceai,
    "keras-danq": danq,
    "deepbind-text": deepbind,
}
