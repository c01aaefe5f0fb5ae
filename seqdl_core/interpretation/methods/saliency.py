"""Saliency: how fast the score rises when a letter is made a little stronger, corrected to sum to zero.

The gradient g ``(A, L)`` of the score with respect to the one-hot input has a part that points away from all sequences:
a network may do what it likes there, so that part is noise. Majdandzic, Rajesh & Koo 2023 (Genome Biology 24:109, doi
10.1186/s13059-023-02956-3) remove it by taking off the mean over the letters:

    g'[a, l] = g[a, l] - (1 / A) sum_b g[b, l]

The values are hypothetical: what each letter would count there, to first order, not only the letter that is there
(``observed`` picks that one). One backward pass a batch; saturated effects are missed, mutagenesis sees those.
"""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from pydantic import Field

from seqdl_core.config import Config
from seqdl_core.interpretation.methods import Method, zero_sum
from seqdl_core.predict import Predictor, one_hot


class SaliencyConfig(Config):
    target: int = Field(0, ge=0, title="Target", description="Which of the model's outputs to explain, from 0.")
    batch_size: int = Field(
        64,
        ge=1,
        le=65536,
        title="Batch size",
        description="Sequences computed together; changes memory, not values.",
        json_schema_extra={"advanced": True},
    )


def saliency(
    predictor: Predictor, codes: UInt8[np.ndarray, "N L"], config: SaliencyConfig
) -> Float[np.ndarray, "N A L"]:
    """Zero-sum gradients of the raw score, float32."""
    letters = predictor.alphabet.size
    values = np.zeros((len(codes), letters, codes.shape[1]), np.float32)
    for start in range(0, len(codes), config.batch_size):
        batch = torch.from_numpy(np.ascontiguousarray(codes[start : start + config.batch_size])).to(predictor.device)
        with torch.enable_grad():
            sequences = one_hot(batch, letters).requires_grad_()
            # Sequences do not see each other, so the gradient of the sum is each sequence's own gradient.
            (gradient,) = torch.autograd.grad(predictor(sequences)[:, config.target].sum(), sequences)
        values[start : start + config.batch_size] = gradient.float().cpu().numpy()
    return zero_sum(values)


METHOD = Method(
    name="saliency",
    title="Saliency",
    summary="How fast the score rises as each letter grows; quick, to first order.",
    source="Simonyan et al. 2013, arXiv 1312.6034; correction: Majdandzic et al. 2023, doi 10.1186/s13059-023-02956-3",
    config=SaliencyConfig,
    attribute=saliency,
    needs_gradient=True,
)
