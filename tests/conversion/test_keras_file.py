"""Keras's HDF5 files: all three layouts are read; links, references and claims of size are refused."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from seqdl_core.conversion._hdf5 import read_keras_file
from seqdl_core.conversion._keras import numbered
from seqdl_core.errors import ModelFileError
from tests.conversion.samples import write_keras


def refused(path: Path, word: str) -> None:
    with pytest.raises(ModelFileError) as caught:
        read_keras_file(path)
    parts = caught.value.parts()
    assert all(parts.values()), parts
    assert path.name in parts["where"]
    assert word in str(caught.value), caught.value


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "a.h5"
    write_keras(path, {"dense_1": {"kernel": np.arange(6.0).reshape(2, 3), "bias": np.zeros(3)}, "flatten_1": {}})
    return path


@pytest.mark.parametrize("inside", ["", "model_weights"])
@pytest.mark.parametrize("pieces", [False, True])
def test_keras_2(inside: str, pieces: bool, tmp_path: Path) -> None:
    layers = {f"dense_{number}": {"kernel": np.full((2, 3), number, np.float32)} for number in (2, 1, 3)}
    write_keras(tmp_path / "a.h5", layers, inside, pieces)
    found = read_keras_file(tmp_path / "a.h5")
    assert list(found) == ["dense_2/kernel", "dense_1/kernel", "dense_3/kernel"]
    assert all(found[f"dense_{number}/kernel"].unique().tolist() == [number] for number in (1, 2, 3))


def test_keras_1_and_layers_with_layers_inside(tmp_path: Path) -> None:
    """Names without a path in Keras 1; two weights of one name in a two-way layer; text instead of bytes."""
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened.attrs["layer_names"] = ["convolution1d_1", "bidirectional_1"]
        one, two = opened.create_group("convolution1d_1"), opened.create_group("bidirectional_1")
        one.attrs["weight_names"] = ["convolution1d_1_W", "convolution1d_1_b"]
        one["convolution1d_1_W"], one["convolution1d_1_b"] = np.ones((2, 2)), np.ones(2)
        two.attrs["weight_names"] = [f"{way}_lstm/kernel:0" for way in ("forward", "backward")]
        for way in ("forward", "backward"):
            two[f"{way}_lstm/kernel:0"] = np.ones(2)
    assert list(read_keras_file(tmp_path / "a.h5")) == [
        "convolution1d_1/convolution1d_1_W",
        "convolution1d_1/convolution1d_1_b",
        "bidirectional_1/forward_lstm/kernel",
        "bidirectional_1/backward_lstm/kernel",
    ]


def test_keras_0(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened.attrs["nb_layers"] = 2
        for number in range(2):
            group = opened.create_group(f"layer_{number}")
            group.attrs["nb_params"] = number
        opened["layer_1/param_0"] = np.array([1, 2], ">f8")
    found = read_keras_file(tmp_path / "a.h5")
    assert {name: tensor.tolist() for name, tensor in found.items()} == {"layer_1/param_0": [1, 2]}


def test_names_that_keras_gives_are_sorted_by_number() -> None:
    keys = [f"conv1d{end}/kernel" for end in ("_10", "_2", "", "_1")] + ["conv1d_transpose_3/kernel", "dense_1/bias"]
    assert numbered(keys, "conv1d") == ["conv1d", "conv1d_1", "conv1d_2", "conv1d_10"]


def _replace(opened: h5py.File, make: Callable[[h5py.Group], None]) -> None:
    del opened["dense_1/dense_1/kernel:0"]
    make(opened["dense_1/dense_1"])


def _external_link(group: h5py.Group) -> None:
    group["kernel:0"] = h5py.ExternalLink("other.h5", "/secret")


def _soft_link(group: h5py.Group) -> None:
    group["kernel:0"] = h5py.SoftLink("/dense_1/dense_1/bias:0")


def _references(group: h5py.Group) -> None:
    made = group.create_dataset("kernel:0", (2, 3), dtype=h5py.ref_dtype)
    made[...] = group.ref


def _region(group: h5py.Group) -> None:
    group.create_dataset("kernel:0", (2, 3), dtype=h5py.regionref_dtype)


def _huge(group: h5py.Group) -> None:
    group.create_dataset("kernel:0", (10**7, 10**6), dtype="f4", chunks=(1000, 1000))


def _unwritten(group: h5py.Group) -> None:
    group.create_dataset("kernel:0", (2, 3), dtype="f4", fillvalue=1.0)


def _compressed(group: h5py.Group) -> None:
    group.create_dataset("kernel:0", data=np.zeros((1000, 1000), "f4"), compression="gzip")


def _outside(group: h5py.Group) -> None:
    group.create_dataset("kernel:0", (2, 3), dtype="f4", external=[("outside.bin", 0, h5py.h5f.UNLIMITED)])


def _virtual(group: h5py.Group) -> None:
    layout = h5py.VirtualLayout((2, 3), "f4")
    layout[...] = h5py.VirtualSource("other.h5", "secret", (2, 3))
    group.create_virtual_dataset("kernel:0", layout)


def _text(group: h5py.Group) -> None:
    group["kernel:0"] = [b"a", b"b"]


def _complex(group: h5py.Group) -> None:
    group["kernel:0"] = np.ones((2, 3), np.complex64)


def _group(group: h5py.Group) -> None:
    group.create_group("kernel:0")


def _nothing(group: h5py.Group) -> None:
    group["kernel:0"] = h5py.Empty("f4")


@pytest.mark.parametrize(
    "make",
    [
        _external_link,
        _soft_link,
        _references,
        _region,
        _huge,
        _unwritten,
        _compressed,
        _outside,
        _virtual,
        _text,
        _complex,
        _group,
        _nothing,
    ],
)
def test_what_is_no_plain_array_in_the_file_is_refused(
    make: Callable[[h5py.Group], None], written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(written.parent)
    with h5py.File("other.h5", "w") as other:
        other["secret"] = np.ones((2, 3), np.float32)
    Path("outside.bin").write_bytes(bytes(24))
    with h5py.File(written, "r+") as opened:
        _replace(opened, make)
    refused(written, "kernel")


def test_a_link_on_the_way_is_refused(written: Path) -> None:
    with h5py.File(written, "r+") as opened:
        opened.move("dense_1", "elsewhere")
        opened["dense_1"] = h5py.SoftLink("/elsewhere")
    refused(written, "points elsewhere")


def test_one_array_under_many_names_cannot_be_larger_than_the_file(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened.attrs["layer_names"] = np.array([b"dense_1"])
        group = opened.create_group("dense_1")
        group["w0"] = np.ones(10_000, np.float32)
        for number in range(1, 500):
            group[f"w{number}"] = group["w0"]
        group.attrs["weight_names"] = np.array([f"w{number}".encode() for number in range(500)])
    refused(tmp_path / "a.h5", "larger than the file")


@pytest.mark.parametrize("value", [3, "dense_1", [1, 2], np.ones((2, 2))])
def test_a_list_of_layers_that_is_none(value: object, written: Path) -> None:
    with h5py.File(written, "r+") as opened:
        opened.attrs["layer_names"] = value
    refused(written, "layer_names")


def test_layers_that_are_listed_but_missing(written: Path) -> None:
    with h5py.File(written, "r+") as opened:
        opened.attrs["layer_names"] = np.array([b"dense_1", b"dense_2"])
    refused(written, "dense_2")


def test_hdf5_of_somebody_else(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as opened:
        opened["x"] = np.ones(3)
    refused(tmp_path / "a.h5", "layer_names")


@pytest.mark.parametrize("content", [b"", b"\x89HDF", b"PK\x03\x04", b">a\nACGT\n"])
def test_files_that_are_not_hdf5(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.h5").write_bytes(content)
    refused(tmp_path / "a.h5", "no HDF5 file")


def test_truncated_files(written: Path) -> None:
    whole = written.read_bytes()
    for part in range(0, len(whole) - 1, len(whole) // 25):
        written.write_bytes(whole[:part])
        with pytest.raises(ModelFileError):
            read_keras_file(written)


def test_a_folder_or_nothing(tmp_path: Path) -> None:
    refused(tmp_path, "no such file")
    refused(tmp_path / "missing.h5", "no such file")
