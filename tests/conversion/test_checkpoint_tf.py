"""TensorFlow's checkpoints: what a writer of the documented format put in comes out, and damage is found."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from seqdl_core.conversion._checkpoint_tf import read_checkpoint
from seqdl_core.conversion._crc32c import crc32c, unmasked
from seqdl_core.errors import ModelFileError
from tests.conversion.checkpoints import checksum, entry, masked, write_checkpoint, write_index


def test_checksum_of_the_published_examples() -> None:
    """RFC 3720, appendix B.4, and the customary nine digits."""
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E
    assert crc32c(b"") == 0


@pytest.mark.parametrize("length", [1, 255, 256, 257, 512, 769, 5000])
def test_checksum_of_any_length(length: int) -> None:
    data = np.random.default_rng(length).bytes(length)
    assert crc32c(data) == checksum(data)
    assert unmasked(masked(data)) == checksum(data)


def arrays() -> dict[str, np.ndarray]:
    """More than a block of names, of every shape and type that is read."""
    drawn = np.random.default_rng(1)
    many = {f"model/layer_{number}/w": drawn.normal(size=(3, number)).astype(np.float32) for number in range(1, 50)}
    return many | {
        "model/step": np.array(7, np.int64),
        "model/long": drawn.normal(size=(40, 30)),
        "model/short": drawn.normal(size=5).astype(np.float16),
        "model/empty": np.zeros((0, 4), np.float32),
        "other/w": np.ones(3, np.float32),
    }


@pytest.mark.parametrize("shards", [1, 3])
def test_all_arrays_come_back(shards: int, tmp_path: Path) -> None:
    written = arrays()
    index = write_checkpoint(tmp_path / "net-1", written, shards)
    for path in (index, tmp_path):
        read = read_checkpoint(path, "model/")
        assert set(read) == {name for name in written if name.startswith("model/")}
        for name, tensor in read.items():
            assert tensor.dtype == torch.from_numpy(np.atleast_1d(written[name])).dtype
            np.testing.assert_array_equal(tensor.numpy(), written[name])


def refused(path: Path, said: str) -> None:
    with pytest.raises(ModelFileError, match=said) as caught:
        read_checkpoint(path, "")
    assert all(caught.value.parts().values())


def test_any_changed_byte_is_found(tmp_path: Path) -> None:
    """Of the index, but for the padding of its footer; and of the data."""
    index = write_checkpoint(tmp_path / "net", {"a": np.arange(4, dtype=np.float32), "b": np.ones(2, np.float32)})
    data = tmp_path / "net.data-00000-of-00001"
    for path, places in ((index, range(len(index.read_bytes()) - 48)), (data, range(24))):
        good = path.read_bytes()
        for place in places:
            path.write_bytes(good[:place] + bytes([good[place] ^ 0x10]) + good[place + 1 :])
            try:
                read = read_checkpoint(index, "")
            except ModelFileError:
                continue
            # Nothing reads the block of further remarks, which is empty.
            assert path == index
            np.testing.assert_array_equal(read["a"].numpy(), np.arange(4))
        path.write_bytes(good)


def test_truncated_files(tmp_path: Path) -> None:
    index = write_checkpoint(tmp_path / "net", arrays())
    good = index.read_bytes()
    for length in (0, 7, 47, 48, len(good) - 1, len(good) // 2):
        index.write_bytes(good[:length])
        refused(index, "cannot be read")
        index.write_bytes(good[len(good) - length :])
        if length < len(good) - 1:
            refused(index, "cannot be read")
    index.write_bytes(good)
    data = tmp_path / "net.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-1])
    refused(index, "beyond its end")
    data.unlink()
    refused(index, "not beside the index")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"size": 1 << 50}, "shape does not make"),
        ({"offset": 1 << 40}, "beyond its end"),
        ({"shape": (1 << 38,), "size": 1 << 40}, "beyond its end"),
        ({"shape": (1 << 62,)}, "no size"),
        ({"shape": (1,) * 9}, "9 axes"),
        ({"dtype": 7}, "type 7"),
        ({"shard_id": 5}, "data file 5 of 1"),
        ({"crc32c": 1}, "checksum of 'a'"),
    ],
)
def test_claims_that_the_files_do_not_bear_out(changed: dict[str, Any], said: str, tmp_path: Path) -> None:
    array = np.ones((2, 2), np.float32)
    write_checkpoint(tmp_path / "net", {"a": array})
    refused(write_index(tmp_path / "net", {b"a": entry(array, **changed)}), said)


def test_many_names_for_the_same_numbers(tmp_path: Path) -> None:
    """Each fits the file; together they would take room that it does not have."""
    array = np.ones(1000, np.float32)
    write_checkpoint(tmp_path / "net", {"a": array})
    refused(write_index(tmp_path / "net", {b"a%d" % number: entry(array) for number in range(5)}), "together larger")


def test_big_endian_and_slices_and_compression(tmp_path: Path) -> None:
    array = np.ones(2, np.float32)
    write_checkpoint(tmp_path / "net", {"a": array})
    refused(write_index(tmp_path / "net", {b"a": entry(array)}, endianness=1), "big-endian")
    refused(write_index(tmp_path / "net", {b"a": entry(array) + b"\x3a\x00"}), "slices")
    refused(write_index(tmp_path / "net", {b"a": entry(array)}, compression=1), "compressed")
    refused(write_index(tmp_path / "net", {}, shards=0), "data files")


def test_folders_with_none_or_several(tmp_path: Path) -> None:
    refused(tmp_path, "0 checkpoints")
    for name in ("one", "two"):
        write_checkpoint(tmp_path / name, {"a": np.ones(1, np.float32)})
    refused(tmp_path, "2 checkpoints")
    refused(tmp_path / "one.data-00000-of-00001", "no checkpoint's index")
