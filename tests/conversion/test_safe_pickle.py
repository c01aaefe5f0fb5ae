"""Pickles of plain data come back; a pickle with anything else is refused by its name, and nothing in it runs."""

import os
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqdl_core.conversion._safe_pickle import read_plain_pickle
from seqdl_core.errors import ModelFileError


def written(folder: Path, content: Any, protocol: int = 4) -> Path:
    path = folder / "weights.pkl"
    path.write_bytes(pickle.dumps(content, protocol))
    return path


@pytest.mark.parametrize("protocol", [3, 4])
def test_numbers_text_lists_and_arrays_come_back(protocol: int, tmp_path: Path) -> None:
    drawn = np.random.default_rng(0)
    arrays = [
        drawn.normal(size=(3, 4)).astype(np.float32),
        np.asfortranarray(drawn.normal(size=(2, 5))),
        np.arange(6, dtype=">i4").reshape(2, 3),
        np.array(2.5, np.float16),
        np.array([True, False]),
        drawn.normal(size=70_000).astype(np.float32),  # beyond a frame
    ]
    plain = (8943, [None, True, False, -5, 1 << 40, 1 << 100, 2.5, "GO", b"raw", ()], [np.int64(7), np.float32(0.5)])
    read = read_plain_pickle(written(tmp_path, (*plain, arrays, arrays[0]), protocol))
    assert read[:3] == plain
    for found, array in zip([*read[3], read[4]], [*arrays, arrays[0]], strict=True):
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(found, array)


def test_the_names_of_numpy_1(tmp_path: Path) -> None:
    """A file of 2021 names numpy.core, which numpy 2 calls numpy._core."""
    path = written(tmp_path, [np.arange(3.0), np.int64(5)], 3)
    assert b"numpy._core.multiarray" in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    array, number = read_plain_pickle(path)
    assert (array.tolist(), int(number)) == ([0, 1, 2], 5)


class Bomb:
    """Unpickled, it makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.marker),)


def test_the_bomb_would_go_off(tmp_path: Path) -> None:
    """Otherwise the next test would prove nothing."""
    pickle.loads(pickle.dumps(Bomb(tmp_path / "marker")))
    assert (tmp_path / "marker").exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_function_in_a_pickle_is_not_called(protocol: int, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    path = written(tmp_path, (8943, [np.zeros(2), Bomb(marker)], []), protocol)
    with pytest.raises(ModelFileError) as caught:
        read_plain_pickle(path)
    assert all(caught.value.parts().values())
    assert not marker.exists()
    if protocol in (3, 4):
        assert "posix.mkdir" in caught.value.what or "nt.mkdir" in caught.value.what


@pytest.mark.parametrize(
    "program",
    [
        b"cos\nsystem\n(S'x'\ntR.",
        b"\x80\x04cbuiltins\neval\n\x8c\x011\x85R.",
        b"\x80\x04cnumpy\nload\n\x8c\x01x\x85R.",
        b"\x80\x04cnumpy.core.multiarray\nscalar\n\x8c\x01x\x8c\x01y\x86R.",
        b"\x80\x04cnumpy\ndtype\n\x8c\x01O\x85R.",
        b"\x80\x04cnumpy\nndarray\n)R.",
        b"\x80\x04cnumpy\nndarray\n)\x81.",
        b"\x80\x04cnumpy\ndtype\n.",
        b"\x80\x04(ios\nsystem\n.",
        b"\x80\x04\x82\x01.",
        b"\x80\x04P1\n.",
        b"\x80\x04\x88Q.",
        b"\x80\x04}\x8c\x01ak\x01s.",
        b"\x80\x04cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R.",
    ],
)
def test_programs_written_by_hand(program: bytes, tmp_path: Path) -> None:
    path = tmp_path / "weights.pkl"
    path.write_bytes(program)
    with pytest.raises(ModelFileError):
        read_plain_pickle(path)


@pytest.mark.parametrize(
    "program",
    [
        b"\x80\x04\x8e" + (1 << 62).to_bytes(8, "little") + b".",
        b"\x80\x04B" + (0xFFFFFFF0).to_bytes(4, "little") + b".",
        b"\x80\x04\x8b" + (0x7FFFFFFF).to_bytes(4, "little") + b".",
    ],
)
def test_sizes_that_the_file_does_not_have(program: bytes, tmp_path: Path) -> None:
    """Lengths of gigabytes and more, refused at once."""
    path = tmp_path / "weights.pkl"
    path.write_bytes(program)
    with pytest.raises(ModelFileError, match="damaged"):
        read_plain_pickle(path)


def test_a_place_in_memory_of_any_number(tmp_path: Path) -> None:
    """Python's own reader makes room for all places below it."""
    path = tmp_path / "weights.pkl"
    path.write_bytes(b"\x80\x04K\x01r" + (0xFFFFFFFF).to_bytes(4, "little") + b".")
    assert read_plain_pickle(path) == 1


def test_an_array_that_claims_more_than_it_has(tmp_path: Path) -> None:
    path = written(tmp_path, np.zeros((2, 3), np.float32), 3)
    good = path.read_bytes()
    assert good.count(b"K\x02K\x03\x86") == 1
    path.write_bytes(good.replace(b"K\x02K\x03\x86", b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86"))
    with pytest.raises(ModelFileError, match="damaged"):
        read_plain_pickle(path)


def test_a_list_of_lists_of_one_list_takes_no_room(tmp_path: Path) -> None:
    """Four levels of 2,000 would be sixteen trillion values, if each were made anew."""
    level: Any = [1] * 2000
    for _ in range(2):
        level = [level] * 2000
    read = read_plain_pickle(written(tmp_path, level))
    assert sys.getsizeof(read) < 1 << 20
    assert read[0] is read[1999]


def test_a_list_in_itself(tmp_path: Path) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ModelFileError, match="damaged"):
        read_plain_pickle(written(tmp_path, endless))


def test_truncated_anywhere(tmp_path: Path) -> None:
    path = written(tmp_path, (3, [np.arange(5.0)], []))
    good = path.read_bytes()
    for length in range(len(good)):
        path.write_bytes(good[:length])
        with pytest.raises(ModelFileError):
            read_plain_pickle(path)


def test_arrays_of_objects_or_fields(tmp_path: Path) -> None:
    for array in (np.array([{}], object), np.zeros(2, [("a", "f4")]), np.array(["text"]), np.array([1j])):
        with pytest.raises(ModelFileError):
            read_plain_pickle(written(tmp_path, array))
