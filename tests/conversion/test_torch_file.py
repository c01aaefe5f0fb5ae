"""Files of tensors: every age of torch.save and safetensors are read; nothing in them is executed or believed."""

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from seqdl_core.conversion._torch_file import read_torch_file
from seqdl_core.errors import ModelFileError


class Malice:
    """Unpickling this would create a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


def refused(path: Path, word: str) -> None:
    with pytest.raises(ModelFileError) as caught:
        read_torch_file(path)
    parts = caught.value.parts()
    assert all(parts.values()), parts
    assert path.name in parts["where"]
    assert word in str(caught.value), caught.value


@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_come_back_as_they_were(zipped: bool, tmp_path: Path) -> None:
    network = nn.Sequential(nn.Conv1d(2, 3, 4), nn.Sequential(nn.BatchNorm1d(3)))
    kept = network.state_dict() | {"half": torch.ones(2, dtype=torch.float16), "parameter": nn.Parameter(torch.ones(2))}
    torch.save(OrderedDict(kept), tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    found = read_torch_file(tmp_path / "a.pth")
    assert list(found) == list(kept)
    assert all(torch.equal(found[name], kept[name]) and found[name].dtype == kept[name].dtype for name in kept)
    assert not found["parameter"].requires_grad


def test_tensors_under_state_dict(tmp_path: Path) -> None:
    torch.save({"epoch": 3, "state_dict": {"a": torch.ones(2)}}, tmp_path / "a.ckpt")
    assert list(read_torch_file(tmp_path / "a.ckpt")) == ["a"]


@pytest.mark.parametrize("name", ["a.safetensors", "pytorch_model.bin"])
def test_safetensors_whatever_the_file_is_called(name: str, tmp_path: Path) -> None:
    save_file({"a": torch.arange(3.0)}, tmp_path / name)
    assert read_torch_file(tmp_path / name)["a"].tolist() == [0, 1, 2]


def test_one_storage_may_hold_several_tensors(tmp_path: Path) -> None:
    whole = torch.arange(6.0)
    torch.save({"a": whole, "b": whole[2:4], "c": whole}, tmp_path / "a.pth")
    assert read_torch_file(tmp_path / "a.pth")["b"].tolist() == [2, 3]


@pytest.mark.parametrize("zipped", [True, False])
def test_every_type_and_every_way_to_lie_in_memory(zipped: bool, tmp_path: Path) -> None:
    whole = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    kept = {"turned": whole.transpose(0, 2), "part": whole[:, 1:, ::2], "scalar": whole[1, 1, 1], "empty": whole[:0]}
    for kind in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
                 torch.uint8, torch.bool):  # fmt: skip
        kept[str(kind)] = whole.to(kind)
    torch.save({"state_dict": OrderedDict(kept)}, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    found = read_torch_file(tmp_path / "a.pth")
    assert list(found) == list(kept)
    assert all(torch.equal(found[name], kept[name]) and found[name].dtype == kept[name].dtype for name in kept)


def test_nothing_of_python_s_own_reader_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for zipped in (True, False):
        torch.save(nn.Linear(2, 3).state_dict(), tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
        with monkeypatch.context() as without:
            for module, name in ((torch, "load"), (pickle, "load"), (pickle, "loads"), (pickle, "Unpickler")):
                without.setattr(module, name, lambda *_, **__: pytest.fail("it was asked"))
            assert set(read_torch_file(tmp_path / "a.pth")) == {"weight", "bias"}


def test_text_that_python_2_wrote(tmp_path: Path) -> None:
    """Networks of 2017: names as SHORT_BINSTRING, and a dictionary made from a list of pairs."""
    torch.save({"weight": torch.arange(3.0)}, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    content = (tmp_path / "a.pth").read_bytes()
    name = b"X" + struct.pack("<I", 6) + b"weight"
    assert content.count(name) == 1
    (tmp_path / "a.pth").write_bytes(content.replace(name, b"U\x06weight"))
    assert read_torch_file(tmp_path / "a.pth")["weight"].tolist() == [0, 1, 2]


def test_a_storage_that_claims_more_than_there_is(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(77)}, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    content = (tmp_path / "a.pth").read_bytes()
    assert content.count(b"K\x4d") == 2, "of the storage and of the tensor"
    (tmp_path / "a.pth").write_bytes(content.replace(b"K\x4d", b"J\xff\xff\xff\x7f"))
    refused(tmp_path / "a.pth", "claims another size")


def disguises(folder: Path, marker: Path) -> list[Path]:
    """A plain pickle, one with tensors around it, and one inside torch's zip."""
    plain, among, inside = folder / "plain.pth", folder / "among.pth", folder / "inside.pth"
    plain.write_bytes(pickle.dumps(Malice(marker), protocol=2))
    torch.save({"a": torch.ones(2), "b": Malice(marker)}, among, _use_new_zipfile_serialization=False)
    torch.save({"a": torch.ones(2), "b": Malice(marker)}, inside)
    return [plain, among, inside]


def test_a_pickle_in_disguise_is_not_executed(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    for path in disguises(tmp_path, marker):
        for suffix in (".pth", ".safetensors"):
            other = path.with_suffix(suffix)
            other.write_bytes(path.read_bytes())
            with pytest.raises(ModelFileError):
                read_torch_file(other)
        assert not marker.exists()
    pickle.loads(pickle.dumps(Malice(marker)))
    assert marker.exists(), "the pickle is one that would do it"


def test_a_whole_module_is_refused_with_what_to_do(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 3), tmp_path / "a.pth")
    refused(tmp_path / "a.pth", "state_dict()")


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ([torch.ones(2)], "a list"),
        (torch.ones(2), "a Tensor"),
        ({}, "no tensors"),
        ({1: torch.ones(2)}, "name is 1"),
        ({"a": 3}, "'a'"),
        ({"a": {"b": torch.ones(2)}}, "'a'"),
        ({"a": torch.ones(2, 2).to_sparse()}, "_rebuild_sparse_tensor"),
        ({"a": torch.ones(2, dtype=torch.complex64)}, "ComplexFloatStorage"),
        ({"a": torch.empty(10**12, device="meta")}, "_rebuild_meta_tensor"),
        ({"a": torch.ones(1).expand(10**12)}, "more numbers than its storage has"),
    ],
)
def test_what_is_no_plain_tensor_is_refused(value: object, word: str, tmp_path: Path) -> None:
    torch.save(value, tmp_path / "a.pth")
    refused(tmp_path / "a.pth", word)


def test_quantised_tensors_are_refused(tmp_path: Path) -> None:
    """As torch once wrote them: a tensor type of its own, which names a function to rebuild it."""

    class Quantised:
        def __reduce__(self) -> tuple[Any, ...]:
            return torch._utils._rebuild_qtensor, ()

    torch.save({"a": Quantised()}, tmp_path / "a.pth")
    with pytest.raises(ModelFileError):
        read_torch_file(tmp_path / "a.pth")


@pytest.mark.parametrize("zipped", [True, False])
def test_truncated_files_are_refused(zipped: bool, tmp_path: Path) -> None:
    held = io.BytesIO()
    torch.save(
        {f"layer{number}": torch.randn(20, 20) for number in range(4)}, held, _use_new_zipfile_serialization=zipped
    )
    whole = held.getvalue()
    path = tmp_path / "a.pth"
    for part in range(0, len(whole) - 1, len(whole) // 40):
        path.write_bytes(whole[:part])
        with pytest.raises(ModelFileError):
            read_torch_file(path)


def test_damaged_bytes_give_tensors_or_a_refusal(tmp_path: Path) -> None:
    """Whatever byte of the pickle is flipped: nothing else than ModelFileError leaves the reader."""
    held = io.BytesIO()
    torch.save({"a": torch.ones(3), "b": torch.ones(2)}, held, _use_new_zipfile_serialization=False)
    whole, path = bytearray(held.getvalue()), tmp_path / "a.pth"
    for place in range(0, len(whole), 3):
        damaged = whole.copy()
        damaged[place] ^= 0x15
        path.write_bytes(damaged)
        try:
            assert all(isinstance(value, Tensor) for value in read_torch_file(path).values())
        except ModelFileError:
            continue


def test_a_compressed_zip_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1_000_000)}, tmp_path / "a.pth")
    with (
        zipfile.ZipFile(tmp_path / "a.pth") as stored,
        zipfile.ZipFile(tmp_path / "b.pth", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))
    refused(tmp_path / "b.pth", "compressed")


def test_safetensors_with_a_huge_header(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", 2**62) + b"{}")
    refused(tmp_path / "a.safetensors", "damaged")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x02.", b">a\nACGT\n", b"\x00" * 200])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(content)
    with pytest.raises(ModelFileError):
        read_torch_file(tmp_path / "a.pth")


def test_a_folder_or_nothing_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, "no such file")
    refused(tmp_path / "missing.pth", "no such file")
