"""The checker of annotations: what it must refuse, with shapes and without; and which functions it takes for shaped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import pytest
from jaxtyping import Float, TypeCheckError, UInt8
from numpy.typing import NDArray

from seqdl_core.sequences import vocabulary
from seqdl_core.sequences.alphabets import DNA, reverse_complement
from tests.runtime_types import _decorator, check, holds_shape

Row = Float[np.ndarray, "n"]
checked = _decorator(typechecker=check)


@pytest.mark.parametrize("annotation", [
    Row, Row | None, tuple[int, Row], dict[str, list[Row]], Callable[[Row], int], Annotated[Row, "said"],
    "Row", list["Row"],
], ids=str)  # fmt: skip
def test_a_shape_is_found_however_deep(annotation: object) -> None:
    assert holds_shape(annotation)


@pytest.mark.parametrize("annotation", [int, None, int | None, NDArray[np.uint8], Callable[[int], str], Iterator[str]],
                         ids=str)  # fmt: skip
def test_nothing_else_is_taken_for_a_shape(annotation: object) -> None:
    assert not holds_shape(annotation)


def test_the_core_is_held_to_its_types_and_shapes() -> None:
    with pytest.raises(TypeCheckError, match="violates type hint"):
        vocabulary.is_missing(7)  # type: ignore[arg-type]
    with pytest.raises(TypeCheckError):
        reverse_complement(np.zeros((2, 3), np.float64), DNA)
    with pytest.raises(TypeCheckError):
        replace(DNA, name=7)


def test_shapes_are_compared_between_arguments_and_return() -> None:
    @checked
    def paired(one: Row, two: Row) -> Row:
        return one[: len(two) - 1] if two[0] else one

    assert len(paired(np.zeros(3), np.zeros(3))) == 3
    with pytest.raises(TypeCheckError):
        paired(np.zeros(3), np.zeros(4))
    with pytest.raises(TypeCheckError):
        paired(np.zeros(3), np.ones(3))


def test_a_return_of_another_type_is_refused() -> None:
    @checked
    def count(text: str) -> int:
        return text  # type: ignore[return-value]

    with pytest.raises(TypeCheckError, match="violates type hint"):
        count("three")


def test_a_class_is_held_to_its_fields() -> None:
    @checked
    @dataclass
    class Coded:
        codes: UInt8[np.ndarray, "rows length"]
        weights: Float[np.ndarray, "rows"]

    Coded(np.zeros((2, 3), np.uint8), np.zeros(2))
    with pytest.raises(TypeCheckError):
        Coded(np.zeros((2, 3), np.uint8), np.zeros(3))
