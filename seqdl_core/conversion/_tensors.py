"""The tensors of a brought file, ticked off one by one: none may be missing, misshapen, not finite, or left over."""

from collections.abc import Mapping

import torch
from torch import Tensor

from seqdl_core.errors import ModelFileError, suggest

_FIX = "Check that the file is of the source you named and was not changed."


class Tensors:
    """What a file holds under its own names.

    Args:
        found: the tensors, of any type and precision; those that are taken must be floating point.
        where: the file's name, for messages.
    """

    def __init__(self, found: Mapping[str, Tensor], where: str) -> None:
        self._found = dict(found)
        self._left = dict.fromkeys(found)
        self._where = where

    def __contains__(self, key: str) -> bool:
        return key in self._found

    def keys(self) -> list[str]:
        """All names, taken or not, in the file's order."""
        return list(self._found)

    def size(self, key: str) -> tuple[int, ...]:
        """The shape of a tensor that must be there; it is not taken."""
        if key not in self._found:
            near = suggest(key, self._left) if len(self._found) < 10_000 else ""
            raise ModelFileError(f"The file has no tensor '{key}'.", where=self._where, fix=near or _FIX)
        return tuple(self._found[key].shape)

    def take(self, key: str, *shape: int) -> Tensor:
        """A tensor in float32, contiguous.

        Args:
            shape: what it must be, where it is known; -1 for a dimension that may have any size.

        Raises:
            ModelFileError: when it is missing, has another shape, holds whole numbers or yes and no (nobody publishes
                such weights, and they would become others in silence), or a number that is not finite in float32.
        """
        size = self.size(key)
        if shape and (
            len(size) != len(shape) or any(want not in (-1, have) for want, have in zip(shape, size, strict=True))
        ):
            wanted, is_ = (" x ".join("any" if n == -1 else str(n) for n in sizes) for sizes in (shape, size))
            raise ModelFileError(
                f"'{key}' is {is_ or 'one number'}; it should be {wanted}.", where=self._where, fix=_FIX
            )
        self._left.pop(key, None)
        if not self._found[key].is_floating_point():
            raise ModelFileError(
                f"'{key}' holds numbers of the type {str(self._found[key].dtype).removeprefix('torch.')}; weights are "
                "floating point.",
                where=self._where,
                fix=_FIX,
            )
        tensor = self._found[key].detach().to(torch.float32).contiguous()
        if not torch.isfinite(tensor).all():
            raise ModelFileError(
                f"'{key}' holds numbers that are not finite (NaN or infinity).",
                where=self._where,
                fix="The file is damaged; fetch it again.",
            )
        return tensor

    def drop(self, *keys: str) -> None:
        """Tick off tensors that carry nothing our network needs; those that are not there are no matter."""
        for key in keys:
            self._left.pop(key, None)

    def finish(self) -> None:
        """Refuse a file with tensors that nobody took: it is another network than it was said to be."""
        left = next(iter(self._left), None)
        if left is None:
            return
        more = f" (and {len(self._left) - 1:,} more)" if len(self._left) > 1 else ""
        raise ModelFileError(
            f"The file has a tensor '{left}'{more} that has no place in our network.", where=self._where, fix=_FIX
        )
