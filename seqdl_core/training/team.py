"""Several processes that train one network, each on its share of every batch, as ``torchrun`` starts them.

    torchrun --nproc-per-node 2 -m seqdl_core train RUN

Every process draws the same batches and looks at every so many-th row of them; gradients are averaged before each step,
so that all hold the same weights. The first process alone validates, writes and reports, and tells the others.
A batch has ``batch_size`` rows for each process, so the curve is that of one process with as many times the batch.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Team:
    """``rank`` from 0 of ``size`` processes. A process alone is a team of one, for which nothing is sent."""

    rank: int = 0
    size: int = 1

    @staticmethod
    def present() -> "Team":
        """The team of this process, once :func:`joined`."""
        if not (distributed.is_available() and distributed.is_initialized()):
            return Team()
        return Team(distributed.get_rank(), distributed.get_world_size())

    @property
    def first(self) -> bool:
        """Whether this process validates, writes and reports."""
        return self.rank == 0

    def begins(self) -> bool:
        """The first process says that it begins to train, the others wait for that; False where it ended instead."""
        gpus = self.size > 1 and distributed.get_backend() == "nccl"
        try:
            self.told([1.0], torch.device("cuda" if gpus else "cpu"))
        except RuntimeError:  # the connection was closed
            return False
        return True

    def wrapped(self, network: nn.Module, device: torch.device) -> nn.Module:
        """The network with gradients that are averaged over the team; its parameters are the network's."""
        if self.size == 1:
            return network
        return DistributedDataParallel(network, device_ids=[device.index or 0] if device.type == "cuda" else None)

    def told(self, values: Sequence[float], device: torch.device) -> list[float]:
        """What the first process says, in all of them."""
        if self.size == 1:
            return list(values)
        sent = torch.tensor(values, dtype=torch.float64, device=device)
        distributed.broadcast(sent, src=0)
        return [float(value) for value in sent]

    def summed(self, value: float, device: torch.device) -> float:
        """The sum over the processes."""
        if self.size == 1:
            return value
        sent = torch.tensor(value, dtype=torch.float64, device=device)
        distributed.all_reduce(sent)
        return float(sent)


@contextmanager
def joined() -> Iterator[Team]:
    """The team that ``torchrun`` has started this process in, joined and left again; of one where it has not."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield Team()
        return
    gpus = torch.cuda.is_available()
    if gpus:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if gpus else "gloo")
    try:
        yield Team.present()
    finally:
        distributed.destroy_process_group()
