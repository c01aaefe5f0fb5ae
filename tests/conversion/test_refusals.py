"""A file that is not what it was said to be: three parts, nothing executed, no model file left behind."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from seqdl_core.conversion import convert
from seqdl_core.errors import ModelFileError
from tests.conversion.samples import SAMPLES, Sample
from tests.conversion.test_torch_file import disguises

NAMES = list(SAMPLES)


def refused(name: str, sample: Sample, path: Path, word: str = "") -> None:
    out = path.parent / "model.safetensors"
    with pytest.raises(ModelFileError) as caught:
        convert(name, path, out, settings=sample.settings, length=sample.length)
    parts = caught.value.parts()
    assert all(parts.values()), parts
    assert word in caught.value.what, caught.value.what
    assert not out.exists()


@pytest.mark.parametrize("name", NAMES)
def test_another_source_s_file(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name](tmp_path)
    for other in NAMES:
        if other != name:
            refused(name, sample, SAMPLES[other](tmp_path).path)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_cut_off(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name](tmp_path)
    whole = sample.path.read_bytes()
    for part in (0, 1, len(whole) // 3, len(whole) // 2, len(whole) - len(whole) // 20):
        sample.path.write_bytes(whole[:part])
        refused(name, sample, sample.path)


@pytest.mark.parametrize("name", NAMES)
def test_a_pickle_in_disguise(name: str, tmp_path: Path) -> None:
    sample, marker = SAMPLES[name](tmp_path), tmp_path / "executed"
    for disguise in disguises(tmp_path, marker):
        refused(name, sample, disguise)
    assert not marker.exists()


@pytest.mark.parametrize("name", NAMES)
def test_text_a_folder_or_nothing(name: str, tmp_path: Path) -> None:
    sample, text = SAMPLES[name](tmp_path), tmp_path / "peaks.fa"
    text.write_text(">a = b\nACGT\n")
    refused(name, sample, text)
    text.write_bytes(b"\xff\xfe\x00" * 30)
    refused(name, sample, text)
    refused(name, sample, tmp_path)
    refused(name, sample, tmp_path / "missing", "no such file")


@pytest.mark.parametrize("name", NAMES)
def test_another_size_than_the_settings_say(name: str, tmp_path: Path) -> None:
    """Without settings the published network is expected; DeepBind's and SpliceAI's files tell their sizes."""
    sample = SAMPLES[name](tmp_path)
    if sample.settings:
        refused(name, Sample(sample.path, 2000, sample.expected), sample.path, "with these settings")


Edit = Callable[[dict[str, np.ndarray]], None]


def _edit(path: Path, edit: Edit, name: str) -> None:
    """The same file with other tensors."""
    if path.suffix == ".pth":
        held = {key: tensor.numpy() for key, tensor in torch.load(path, weights_only=True).items()}
        edit(held)
        torch.save({key: torch.tensor(array) for key, array in held.items()}, path)
        return
    if path.suffix == ".txt":
        heads = [line for line in path.read_text().splitlines() if "," not in line and not line.startswith("detectors")]
        held = {
            key: np.array(value.split(","), float)
            for key, _, value in (line.partition(" = ") for line in path.read_text().splitlines() if line not in heads)
        }
        edit(held)
        head = [line for line in heads if line.partition(" = ")[0] not in held]
        path.write_text("\n".join([*head, *(f"{key} = {','.join(map(str, a.ravel()))}" for key, a in held.items())]))
        return
    with h5py.File(path, "r+") as opened:
        root = opened.get("model_weights", opened)
        held, places = {}, {}
        root.visititems(lambda key, found: places.update({key: found}) if isinstance(found, h5py.Dataset) else None)
        held = {key: found[()] for key, found in places.items()}
        before = set(held)
        edit(held)
        for key in before:
            del root[key]
        for key, array in held.items():
            root[key] = array
        if name == "keras-danq":
            for key in opened:
                opened[key].attrs["nb_params"] = len(opened[key])
        else:
            for layer in root:
                listed = [key.split("/", 1)[1].encode() for key in held if key.split("/")[0] == layer]
                root[layer].attrs["weight_names"] = listed or np.zeros(0)


def _last(held: dict[str, np.ndarray]) -> str:
    """A matrix or vector that the network needs; of numbered tensors the last, so that no gap arises."""
    return max((key for key in held if held[key].size > 1), key=lambda key: (len(key), key))


def _missing(held: dict[str, np.ndarray]) -> None:
    del held[_last(held)]


def _extra(held: dict[str, np.ndarray]) -> None:
    """One tensor more beside the last one."""
    first, last = _last(held), "param_99" if "param_" in _last(held) else "surplus"
    held[first.replace(first.split("/")[-1].split(".")[-1], last)] = np.ones(3, np.float32)


def _misshapen(held: dict[str, np.ndarray]) -> None:
    key = _last(held)
    held[key] = held[key][:-1]


def _not_finite(held: dict[str, np.ndarray]) -> None:
    held[_last(held)].flat[-1] = np.nan


@pytest.mark.parametrize("edit", [_missing, _extra, _misshapen, _not_finite])
@pytest.mark.parametrize("name", NAMES)
def test_a_tensor_that_is_missing_surplus_misshapen_or_not_finite(name: str, edit: Edit, tmp_path: Path) -> None:
    sample = SAMPLES[name](tmp_path)
    _edit(sample.path, lambda held: None, name)
    convert(name, sample.path, tmp_path / "unchanged", settings=sample.settings, length=sample.length)
    changed = ""

    def noting(held: dict[str, np.ndarray]) -> None:
        nonlocal changed
        before = dict(held)
        edit(held)
        changed = next(iter(set(before) ^ set(held)), _last(before))

    _edit(sample.path, noting, name)
    refused(name, sample, sample.path, "not finite" if edit is _not_finite else "")
    assert changed


@pytest.mark.parametrize(
    "change", [lambda one: (one * 100).to(torch.int64), lambda one: one > 0], ids=["whole numbers", "yes and no"]
)
def test_weights_that_are_not_floating_point(change: Callable[[torch.Tensor], torch.Tensor], tmp_path: Path) -> None:
    sample = SAMPLES["kipoi-deepsea"](tmp_path)
    held = torch.load(sample.path, weights_only=True)
    torch.save({key: change(tensor) for key, tensor in held.items()}, sample.path)
    refused("kipoi-deepsea", sample, sample.path, "weights are floating point")


def test_variances_below_zero(tmp_path: Path) -> None:
    sample = SAMPLES["keras-deepstarr"](tmp_path)
    with h5py.File(sample.path, "r+") as opened:
        found: list[str] = []
        opened.visit(lambda key: found.append(key) if key.endswith("moving_variance:0") else None)
        opened[found[0]][...] = -5
    refused("keras-deepstarr", sample, sample.path, "variances below zero")
