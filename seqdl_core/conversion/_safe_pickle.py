"""A pickle's data without a pickle's powers: tuples, lists, numbers, text and numpy's arrays, nothing else.

A pickle is a program for a small machine with a stack (the standard library's ``pickletools`` describes each of its
instructions). What makes it dangerous is that it may name any function of Python and have it called. This reader
interprets the instructions itself and calls nothing: of the functions that a pickle may name it knows the four by which
numpy describes an array,

    numpy.core.multiarray._reconstruct(ndarray, ...)     an array, whose type, shape and bytes follow
    numpy.core.multiarray.scalar(dtype, bytes)           one number
    numpy.dtype("f4", ...), numpy.ndarray                what they are made of

(``numpy._core`` since numpy 2) and puts together itself what they would make. Any other name is refused by that name.
Arrays are read as pickles of protocol 3 and 4 hold them, which were Python's own choice from 3.0 to 3.13. An array's
bytes must be in the file, all of them, so that nothing is allocated that the file does not hold.
"""

import io
import pickletools
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from seqdl_core.errors import ModelFileError

_LARGEST_FILE = 4 << 30
_MOST_INSTRUCTIONS = 1_000_000
_MOST_AXES = 8
_DEEPEST = 3
_NUMPY = {
    (module, name): name
    for module, names in {
        "numpy": ("dtype", "ndarray"),
        "numpy.core.multiarray": ("_reconstruct", "scalar"),
        "numpy._core.multiarray": ("_reconstruct", "scalar"),
    }.items()
    for name in names
}
_KINDS = frozenset({"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"})
_VALUES = frozenset(
    {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
    | {"BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
)
"""Instructions that put the value written in them on the stack."""

_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}


@dataclass(frozen=True)
class Name:
    """A function that a pickle may name."""

    name: str


@dataclass
class _Kind:
    """A type of numbers; the byte order follows."""

    code: str
    order: str = ""


class _Array:
    """An array before its content is known."""

    content: NDArray[Any] | None = None


class _Mark:
    """Where a tuple or a list on the stack begins."""


class Damage(Exception):
    """An instruction does not fit what is on the stack; becomes a ModelFileError with the file's name."""


def read_plain_pickle(path: Path) -> Any:
    """What a pickle of plain data and numpy arrays holds; arrays are read-only.

    Raises:
        ModelFileError: for a file that is missing, too large, damaged, or names anything else.
    """
    if not path.is_file():
        raise ModelFileError("There is no such file.", where=str(path), fix="Give a pickle of numpy arrays (.pkl).")
    if path.stat().st_size > _LARGEST_FILE:
        raise ModelFileError(
            f"The file is larger than {_LARGEST_FILE >> 30} GiB.",
            where=path.name,
            fix="Give the file as it is published.",
        )
    try:
        return _finished(PlainReader(path.name).read(io.BytesIO(path.read_bytes())), {})
    except (Damage, ValueError, IndexError, TypeError, KeyError) as problem:
        said = " ".join(str(problem).split())[:160]
        raise ModelFileError(
            "The file is damaged, or is no pickle of protocol 3 or 4.",
            where=path.name,
            fix=f"Fetch it again from its source. (The reader said: {said or type(problem).__name__})",
        ) from None


class PlainReader:
    """The machine: a stack, and a memory of what was on it. It reads numpy's arrays; :mod:`._torch_pickle` tensors.

    ``names`` are the functions that a pickle may name, by module and name, with what they are called here.
    """

    names: ClassVar[Mapping[tuple[str, str], str]] = _NUMPY

    def __init__(self, where: str) -> None:
        self.where = where
        self.stack: list[Any] = []
        self.memory: dict[int, Any] = {}

    def read(self, pickled: io.BytesIO) -> Any:
        """What one pickle makes; the stream then stands behind it.

        Raises:
            ModelFileError: for a name or an instruction that is not known.
            Damage: for instructions that do not fit each other; pickletools raises errors of Python's own.
        """
        for count, (instruction, argument, _) in enumerate(pickletools.genops(pickled)):
            if count > _MOST_INSTRUCTIONS:
                raise Damage("it has more instructions than any file of arrays")
            if instruction.name == "STOP":
                break
            self.step(instruction.name, argument)
        if len(self.stack) != 1:
            raise Damage(f"it leaves {len(self.stack)} values instead of one")
        return self.stack[0]

    def step(self, name: str, argument: Any) -> None:
        stack, memory = self.stack, self.memory
        if name in _VALUES:
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("PROTO", "FRAME"):
            pass
        elif name == "MARK":
            stack.append(_Mark())
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "TUPLE":
            stack.append(tuple(self.since_mark()))
        elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
            stack.append(self.last(int(name[-1])))
        elif name == "APPEND":
            (item,) = self.last(1)
            self._list().append(item)
        elif name == "APPENDS":
            items = self.since_mark()
            self._list().extend(items)
        elif name == "MEMOIZE":
            memory[len(memory)] = stack[-1]
        elif name in ("BINPUT", "LONG_BINPUT"):
            memory[argument] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memory[argument])
        elif name == "GLOBAL":
            stack.append(self._known(*argument.split(" ", 1)))
        elif name == "STACK_GLOBAL":
            stack.append(self._known(*self.last(2)))
        elif name == "REDUCE":
            stack.append(self.made(*self.last(2)))
        elif name == "BUILD":
            (state,) = self.last(1)
            self.fill(stack[-1], state)
        else:
            self.refuse(f"the instruction {name}")

    def last(self, count: int) -> tuple[Any, ...]:
        if len(self.stack) < count:
            raise Damage("it takes more from its stack than there is")
        values = tuple(self.stack[-count:])
        del self.stack[-count:]
        return values

    def since_mark(self) -> list[Any]:
        for place in range(len(self.stack) - 1, -1, -1):
            if isinstance(self.stack[place], _Mark):
                values = self.stack[place + 1 :]
                del self.stack[place:]
                return values
        raise Damage("a list or tuple has no beginning")

    def _list(self) -> list[Any]:
        if not self.stack or type(self.stack[-1]) is not list:
            raise Damage("it appends to what is no list")
        found: list[Any] = self.stack[-1]
        return found

    def _known(self, module: Any, name: Any) -> Name:
        if not isinstance(module, str) or not isinstance(name, str):
            raise Damage("it names something by what is no text")
        if (module, name) not in self.names:
            self.refuse(f"'{module[:60]}.{name[:60]}'")
        return Name(self.names[module, name])

    def made(self, called: Any, given: Any) -> Any:
        """What numpy's function would make, as far as it is known by then."""
        if not isinstance(called, Name) or type(given) is not tuple:
            raise Damage("it calls what is no function")
        if called.name == "dtype" and given and given[0] in _KINDS:
            return _Kind(given[0])
        if called.name == "_reconstruct" and given and given[0] == Name("ndarray"):
            return _Array()
        if called.name == "scalar" and len(given) == 2:
            return _array(given[0], (), given[1])[()]
        self.refuse(f"numpy's {called.name} of something else than plain numbers")

    def fill(self, unfinished: Any, state: Any) -> None:
        if (
            isinstance(unfinished, _Kind)
            and type(state) is tuple
            and len(state) >= 5
            and state[1] in ("<", ">", "|", "=")
        ):
            if state[2:5] != (None, None, None):
                self.refuse("a numpy type of several fields")
            unfinished.order = "<" if state[1] == "=" else state[1]
        elif isinstance(unfinished, _Array) and type(state) is tuple and len(state) == 5:
            _, shape, kind, by_column, content = state
            unfinished.content = _array(kind, shape, content, "F" if by_column else "C")
        else:
            raise Damage("it gives content to what takes none")

    def refuse(self, what: str) -> Any:
        raise ModelFileError(
            f"The pickle holds {what}, which is no plain data. Nothing in it was executed.",
            where=self.where,
            fix="Give the file as it is published: numbers and numpy arrays in lists and tuples.",
        )


def _array(kind: Any, shape: Any, content: Any, order: Any = "C") -> NDArray[Any]:
    if not isinstance(kind, _Kind) or type(content) is not bytes or type(shape) is not tuple or len(shape) > _MOST_AXES:
        raise Damage("an array's type, shape or content is none")
    if any(type(size) is not int or size < 0 for size in shape):
        raise Damage("an array has an axis without a size")
    numbers = np.dtype(kind.order + kind.code)
    if prod(shape) * numbers.itemsize != len(content):
        raise Damage(f"an array of {len(content):,} bytes claims another size")
    return np.frombuffer(content, numbers).reshape(shape, order=order)


def _finished(value: Any, known: dict[int, Any], depth: int = 0) -> Any:
    """The value with arrays in place of what they were read into; what stands in several places is made once."""
    if isinstance(value, _Array):
        if value.content is None:
            raise Damage("an array has no content")
        return value.content
    if isinstance(value, (Name, _Kind, _Mark)):
        raise Damage("it holds a function or a type instead of data")
    if type(value) not in (list, tuple):
        return value
    if depth > _DEEPEST:
        raise Damage("its lists lie too deep in each other")
    if id(value) not in known:
        known[id(value)] = type(value)(_finished(each, known, depth + 1) for each in value)
    return known[id(value)]
