"""Mutagenesis in the computer: put every other letter at every position and see how the score changes.

    value[b, l] = f(x with letter b at position l) - f(x)        0 where b is the letter that is there

Zhou & Troyanskaya 2015 (Nature Methods 12:931, doi 10.1038/nmeth.3547). It costs (A - 1) L predictions a sequence and
needs no gradient. At an unknown letter all A letters are tried. One letter changes at a time, so two sites of which one
is enough both look unimportant.
"""

import numpy as np
from jaxtyping import Float, UInt8
from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.interpretation.methods import Method
from seqdl_core.predict import Predictor, scores


class MutagenesisConfig(Config):
    target: int = Field(0, ge=0, title="Target", description="Which of the model's outputs to explain, from 0.")
    batch_size: int = Field(
        512,
        ge=1,
        le=65536,
        title="Batch size",
        description="Mutants computed together; changes memory, not values.",
        json_schema_extra={"advanced": True},
    )


def mutagenesis(
    predictor: Predictor, codes: UInt8[np.ndarray, "N L"], config: MutagenesisConfig
) -> Float[np.ndarray, "N A L"]:
    """The change of the raw score by each substitution, float32; the row of the letter that is there is 0."""
    letters = predictor.alphabet.size
    values = np.zeros((len(codes), letters, codes.shape[1]), np.float32)
    if not values.size:
        return values
    before = scores(predictor, codes, config.batch_size)[:, config.target]
    changes = codes[:, None, :] != np.arange(letters, dtype=np.uint8)[:, None]
    sequence, letter, position = np.nonzero(changes)
    for start in range(0, len(sequence), config.batch_size):
        part = slice(start, start + config.batch_size)
        mutants = codes[sequence[part]]
        mutants[np.arange(len(mutants)), position[part]] = letter[part]
        after = scores(predictor, mutants, config.batch_size)[:, config.target]
        values[sequence[part], letter[part], position[part]] = after - before[sequence[part]]
    return values


METHOD = Method(
    name="mutagenesis",
    title="Mutagenesis",
    summary="How the score changes when one letter is replaced by another; exact, one change at a time.",
    source="Zhou & Troyanskaya 2015, doi 10.1038/nmeth.3547",
    config=MutagenesisConfig,
    attribute=mutagenesis,
    needs_gradient=False,
)
