"""Keras's HDF5 files of weights, read by h5py: a tensor a name, ``LAYER/WEIGHT``.

Three layouts have been in use, and all are read:

    Keras 0.x     attributes ``nb_layers`` and, of each group ``layer_3``, ``nb_params``; data sets ``param_0``, ...
    Keras 1, 2    attribute ``layer_names`` (of the root, or of ``model_weights`` where the whole model was saved) and,
                  of each layer's group, ``weight_names``: under ``conv1d_1/kernel:0`` a weight lies in this group
    long lists    in pieces: ``layer_names0``, ``layer_names1``, ... (an attribute holds 64 KB)

A weight is named by the last part of its path, without ``:0``. Nothing in the file is executed. HDF5 can point to
other files, store nothing and claim terabytes, or hold references; whatever is no plain array inside the file is
refused, before it is read.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from torch import Tensor

from seqdl_core.errors import ModelFileError

_MOST_NAMES = 10_000
_BROKEN = (OSError, RuntimeError, ValueError, TypeError, LookupError, MemoryError, NotImplementedError)
"""What h5py raises where the bytes of a file contradict each other."""


def read_keras_file(path: Path) -> dict[str, Tensor]:
    """The weights of a Keras file in its order, float32.

    Raises:
        ModelFileError: for a file that is missing, damaged, no HDF5, not laid out as Keras does, or that holds anything
            but plain arrays of numbers.
    """
    if not path.is_file():
        raise ModelFileError("There is no such file.", where=str(path), fix="Give a weight file of Keras (.h5, .hdf5).")
    if not h5py.is_hdf5(path):
        raise ModelFileError(
            "The file is no HDF5 file, which Keras's weight files are.",
            where=path.name,
            fix="Give the .h5 or .hdf5 file as its source publishes it, not compressed.",
        )
    try:
        with h5py.File(path, "r", locking="best-effort") as opened:
            room = path.stat().st_size
            tensors: dict[str, Tensor] = {}
            for name, place in _weights(_Reader(opened, path.name)):
                room -= place.size * place.dtype.itemsize
                if room < 0:
                    raise _foreign(path.name, "arrays that claim to be larger than the file")
                tensors[name] = _tensor(place)
            return tensors
    except _BROKEN as problem:
        said = " ".join(str(problem).split())[:160]
        raise ModelFileError(
            "The file is damaged.", where=path.name, fix=f"Fetch it again from its source. (The reader said: {said})"
        ) from None


class _Reader:
    """A group, its attributes and what lies in it; only what is stored in the file itself is handed out."""

    def __init__(self, group: Any, where: str) -> None:
        self._group, self.where = group, where

    def group(self, name: str) -> "_Reader":
        found = self._inside(name)
        if not isinstance(found, h5py.Group):
            raise _foreign(self.where, f"'{name[:80]}', which should be a group of weights")
        return _Reader(found, self.where)

    def array(self, name: str) -> Any:
        found = self._inside(name)
        if not isinstance(found, h5py.Dataset) or found.dtype.kind not in "fiu" or found.shape is None:
            raise _foreign(self.where, f"'{name[:80]}', which should be an array of numbers")
        stored = found.id.get_storage_size()
        if found.is_virtual or found.external or stored < found.size * found.dtype.itemsize:
            raise _foreign(self.where, f"'{name[:80]}', whose numbers are not in the file, or are compressed")
        return found

    def has(self, name: str) -> bool:
        return name in self._group and isinstance(self._group.get(name, getlink=True), h5py.HardLink)

    def number(self, name: str) -> int | None:
        """A whole number among the attributes; None where there is none of this name."""
        if name not in self._group.attrs:
            return None
        attribute = self._group.attrs.get_id(name)
        if attribute.shape not in ((), (1,)) or attribute.dtype.kind not in "iu":
            raise _foreign(self.where, f"'{name}', which should be a whole number")
        return int(np.asarray(self._group.attrs[name]).reshape(()))

    def names(self, name: str) -> list[str] | None:
        """A list of names among the attributes, of one piece or several; None where there is none of this name."""
        if name in self._group.attrs:
            return self._text(name)
        if f"{name}0" not in self._group.attrs:
            return None
        found: list[str] = []
        for piece in range(_MOST_NAMES):
            if f"{name}{piece}" not in self._group.attrs:
                break
            found += self._text(f"{name}{piece}")
        return found

    def _text(self, name: str) -> list[str]:
        attribute = self._group.attrs.get_id(name)
        if attribute.shape is None or len(attribute.shape) != 1 or attribute.shape[0] > _MOST_NAMES:
            raise _foreign(self.where, f"'{name}', which should be a list of names")
        if attribute.shape[0] == 0:
            return []  # Keras writes the empty list as one of numbers
        if attribute.dtype.kind != "S" and h5py.check_string_dtype(attribute.dtype) is None:
            raise _foreign(self.where, f"'{name}', which should be a list of names")
        listed = self._group.attrs[name]
        return [bytes(each).decode("utf-8") if isinstance(each, bytes) else str(each) for each in listed]

    def _inside(self, name: str) -> Any:
        """What lies under a path, every step of which must stay in the file."""
        found = self._group
        for step in filter(None, name.split("/")):
            if not isinstance(found, h5py.Group) or step not in found:
                raise _foreign(self.where, f"no '{name[:80]}', which it lists")
            if not isinstance(found.get(step, getlink=True), h5py.HardLink):
                raise _foreign(self.where, f"'{name[:80]}', which points elsewhere or to another file")
            found = found[step]
        return found


def _weights(root: _Reader) -> Iterator[tuple[str, Any]]:
    count = root.number("nb_layers")
    if count is not None:
        for number in range(min(count, _MOST_NAMES)):
            layer = root.group(f"layer_{number}")
            for place in range(min(layer.number("nb_params") or 0, _MOST_NAMES)):
                yield f"layer_{number}/param_{place}", layer.array(f"param_{place}")
        return
    model = root.group("model_weights") if root.has("model_weights") else root
    layers = model.names("layer_names")
    if layers is None:
        raise _foreign(root.where, "no list of layers ('layer_names'), as Keras 1 and 2 write it")
    for name in dict.fromkeys(layers):
        layer = model.group(name)
        listed = list(dict.fromkeys(layer.names("weight_names") or []))
        short = Counter(map(_last, listed))
        for weight in listed:
            own = _last(weight) if short[_last(weight)] == 1 else weight.removesuffix(":0")
            yield f"{name}/{own}", layer.array(weight)


def _last(weight: str) -> str:
    return weight.rsplit("/", 1)[-1].removesuffix(":0")


def _tensor(place: Any) -> Tensor:
    with np.errstate(over="ignore"):  # what does not fit becomes infinite, which is refused where it is taken
        return torch.from_numpy(np.asarray(place[()], dtype=np.float32).copy())


def _foreign(where: str, what: str) -> ModelFileError:
    return ModelFileError(
        f"The file holds {what}.", where=where, fix="Give a file that save_weights or save of Keras 1 or 2 wrote."
    )
