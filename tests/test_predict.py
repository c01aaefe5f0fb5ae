"""One-hot letters, as training, predictions and explanations share them."""

import numpy as np
import pytest
import torch

from seqdl_core.predict import one_hot


@pytest.mark.parametrize("letters", [4, 20])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_each_letter_has_its_row_and_unknown_has_none(letters: int, device: str) -> None:
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    codes = np.random.default_rng(1).integers(0, letters + 1, (7, 33)).astype(np.uint8)
    with torch.inference_mode():
        found = one_hot(torch.from_numpy(codes).to(device), letters)
    expected = np.eye(letters + 1, letters, dtype=np.float32)[codes].transpose(0, 2, 1)
    assert found.dtype == torch.float32
    assert np.array_equal(found.cpu().numpy(), expected)


def test_codes_in_any_layout_and_none() -> None:
    codes = torch.from_numpy(np.arange(20, dtype=np.uint8).reshape(4, 5) % 5)
    assert torch.equal(one_hot(codes.flip(1)[:, ::2], 4), one_hot(codes, 4).flip(2)[:, :, ::2])
    assert torch.equal(one_hot(codes.T, 4), one_hot(codes.T.contiguous(), 4))
    assert one_hot(codes[:0], 4).shape == (0, 4, 5)
    assert one_hot(codes, 4).requires_grad_().is_leaf  # what an explanation differentiates by
