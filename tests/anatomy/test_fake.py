"""What a fake network is said to keep, against what torch keeps."""

import pytest
import torch

from seqdl_core.anatomy.fake import KEPT_PER_STEP


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch computes LSTMs without oneDNN")
@pytest.mark.parametrize(("units", "width", "steps"), [(64, 64, 100), (64, 256, 200), (128, 128, 200), (100, 100, 200)])
def test_an_lstm_keeps_what_its_workspace_says(units: int, width: int, steps: int) -> None:
    batch = 8
    first, second, third, fourth = torch.nn.LSTM(width, units).parameters()
    state = torch.zeros(batch, units)
    workspace = torch.mkldnn_rnn_layer(
        torch.zeros(steps, batch, width), first, second, third, fourth, state, state,
        False, [], 2, units, 1, True, False, False, True,
    )[3]  # fmt: skip
    per_unit, per_width = KEPT_PER_STEP["LSTM"]
    kept = 4 * steps * batch * (per_unit * units + per_width * max(units, width))
    assert kept == pytest.approx(workspace.numel(), rel=0.05)
