"""Freed memory is not kept: measured on this process, where its C library is one that would keep it."""

import subprocess
import sys

import pytest

_PROGRAM = """
import torch
from seqdl_core.training.allocation import give_back_large_blocks
torch.ones(16 * 2**18)  # freed at once; by default the threshold rises to its size
give_back_large_blocks()
def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("RssAnon")).split()[1]) // 1024
blocks = [torch.ones(2 * 2**18) for _ in range(300)]
most = resident()
blocks[::2] = [None] * 150
print(most - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the resident memory is read from Linux")
def test_every_other_block_that_is_freed_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 250  # of 300 MB; a heap would keep the gaps
