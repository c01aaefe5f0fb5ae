"""What a fake network is said to keep, against what torch keeps."""

import pytest
import torch

from seqdl_core.anatomy.fake import KEPT_PER_STEP
from seqdl_core.training.allocation import give_back_large_blocks


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch computes LSTMs without oneDNN")
@pytest.mark.parametrize(("units", "width", "steps"), [(64, 64, 100), (64, 256, 200), (128, 128, 200), (100, 100, 200)])
def test_an_lstm_keeps_what_it_writes_into_its_workspace(units: int, width: int, steps: int) -> None:
    batch = 32
    give_back_large_blocks()  # so that the workspace is of fresh pages, which hold zeros until something is written
    first, second, third, fourth = torch.nn.LSTM(width, units).parameters()
    state = torch.randn(batch, units)
    workspace = torch.mkldnn_rnn_layer(
        torch.randn(steps, batch, width), first, second, third, fourth, state, state,
        False, [], 2, units, 1, True, False, False, True,
    )[3]  # fmt: skip
    written = int(workspace.numpy()[: workspace.numel() // 4096 * 4096].reshape(-1, 4096).any(1).sum())
    of_gradients = 4
    kept = 4 * steps * batch * (KEPT_PER_STEP["LSTM"] - of_gradients) * units
    assert kept == pytest.approx(4096 * written, rel=0.1)
