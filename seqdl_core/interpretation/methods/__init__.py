"""Attribution methods: one file a method; each gives every letter at every position a value in the score's unit.

Nothing lists the files; :data:`METHODS` finds them. All methods see the model only as a predictor, so a PWM or a k-mer
model can be asked as well (``needs_gradient`` tells which methods ask more).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from seqdl_core.config import Config
from seqdl_core.predict import Predictor
from seqdl_core.registry import Registry


@dataclass(frozen=True)
class Method:
    """A way of asking a model which letters matter.

    Attributes:
        name: the file's name.
        title: how a page names it.
        summary: one sentence on what its values mean.
        source: paper and doi.
        config: its settings.
        attribute: values ``(N, A, L)`` of the predictor on codes ``(N, L)`` under a config. The weights, mode and
            device stay as they were, and the values do not depend on which sequences are asked together.
        needs_gradient: whether the predictor must let gradients through; a k-mer model does not.
    """

    name: str
    title: str
    summary: str
    source: str
    config: type[Config]
    attribute: Callable[[Predictor, UInt8[np.ndarray, "N L"], Any], Float[np.ndarray, "N A L"]]
    needs_gradient: bool


METHODS: Registry[Method] = Registry("attribution method", "seqdl_core.interpretation.methods", "METHOD")


def observed(values: Float[np.ndarray, "N A L"], codes: UInt8[np.ndarray, "N L"]) -> Float[np.ndarray, "N L"]:
    """The value of the letter that is there, at each position; 0 where the letter is unknown."""
    letters = values.shape[1]
    known = codes < letters
    chosen = np.take_along_axis(values, np.where(known, codes, 0)[:, None, :].astype(np.intp), axis=1)[:, 0]
    return np.where(known, chosen, np.zeros((), values.dtype))


def zero_sum(values: Float[np.ndarray, "N A L"]) -> Float[np.ndarray, "N A L"]:
    """The values less their mean over the letters of each position.

    It makes methods comparable: after it, mutagenesis and corrected saliency of a linear model are the same numbers.
    """
    return np.asarray(values - values.mean(axis=1, keepdims=True))
