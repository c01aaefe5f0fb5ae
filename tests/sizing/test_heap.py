"""The heap by hand: which gap a block goes into, what keeps gaps apart, and what goes back at once."""

import pytest
import torch

from seqdl_core.anatomy.fake import KEPT_PER_STEP
from seqdl_core.sizing.heap import LITTER, Heap

SMALL, TAKEN = 1000, 1008
"""Bytes asked for, and with the eight of the library's own in grains of 16."""


def heap_of(*sizes: int) -> Heap:
    heap = Heap()
    heap.follow(enumerate(sizes))
    return heap


def test_a_gap_of_just_that_size_holds_no_aligned_block() -> None:
    heap = heap_of(SMALL, SMALL, SMALL)
    heap.follow([(1, -1), (3, SMALL)])
    assert heap.resident == 4 * TAKEN


def test_two_gaps_beside_each_other_are_one() -> None:
    heap = heap_of(SMALL, SMALL, SMALL)
    heap.follow([(0, -1), (1, -1), (3, SMALL)])
    assert heap.resident == heap.peak == 3 * TAKEN


def test_the_smallest_gap_that_holds_it_is_taken() -> None:
    heap = heap_of(9 * SMALL, SMALL, 2 * SMALL, SMALL)
    heap.follow([(0, -1), (2, -1), (4, SMALL), (5, 8 * SMALL)])
    assert heap.resident == heap_of(9 * SMALL, SMALL, 2 * SMALL, SMALL).resident


def test_a_small_object_keeps_gaps_apart() -> None:
    heap = heap_of(SMALL, SMALL, SMALL)
    heap.littering, heap.freed = True, LITTER - 1
    heap.follow([(0, -1), (1, -1), (3, SMALL)])
    assert heap.resident == 4 * TAKEN


def test_what_lies_on_top_is_taken_again() -> None:
    heap = heap_of(SMALL, SMALL)
    heap.follow([(1, -1), (2, SMALL)])
    assert heap.resident == 2 * TAKEN


def test_large_blocks_go_back_at_once_and_raise_the_threshold() -> None:
    heap = heap_of(200_000)
    assert heap.resident == 49 * 4096
    heap.follow([(0, -1)])
    assert (heap.resident, heap.peak) == (0, 49 * 4096)
    heap.follow([(1, 200_000), (2, 10), (1, -1)])
    assert heap.resident == 200_016 + 32  # on the heap, below something that stays


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
