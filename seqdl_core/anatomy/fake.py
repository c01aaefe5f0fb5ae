"""Networks without content: built and run under torch's fake tensors, which know shapes, strides and kernels only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from seqdl_core.config import Config
from seqdl_core.models import Architecture, InputShape, SequenceNetwork


@contextmanager
def faking() -> Iterator[None]:
    """Every tensor made inside has no content, and torch's random state is left as it was."""
    with torch.random.fork_rng(devices=[]), FakeTensorMode(allow_non_fake_inputs=True):
        yield


def fake_network(architecture: Architecture, config: Config, shape: InputShape) -> SequenceNetwork:
    """The network with fake weights; to be called under :func:`faking`, after the architecture's check."""
    with _NothingStandsOut():
        network = architecture.build(config, shape)
    shorten_recurrences(network)
    return network


class _NothingStandsOut(TorchDispatchMode):
    """Answers 0 where an initialiser looks at values, as one does that draws again what lies too far out."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket.__name__ == "_local_scalar_dense":
            return 0.0 if args[0].is_floating_point() else False
        return func(*args, **(kwargs or {}))


def shorten_recurrences(network: nn.Module) -> None:
    """Let a recurrent layer be one operation, not thousands that all look alike.

    torch has one of its own for an LSTM, but on fake tensors that leaves out what the backward pass is kept for. A
    layer that goes step by step in Python is known by its weights, which are called as torch calls an LSTM's.
    """
    for module in network.modules():
        if isinstance(module, nn.RNNBase):
            module.__dict__["forward"] = _in_one_step(module)  # of this layer alone, as one sets an attribute
        elif isinstance(getattr(module, "weight_hh_l0", None), Tensor):
            module.__dict__["forward"] = _unrolled(module)


def fake_sequences(shape: InputShape, batch: int) -> Float[Tensor, "N A L"]:
    """A batch to send through."""
    return torch.empty(batch, shape.letters, shape.length)


@contextmanager
def training_mode(network: nn.Module, *, on: bool) -> Iterator[None]:
    """The network as in training or in use."""
    before = network.training
    network.train(on)
    yield
    network.train(before)


KEPT_PER_STEP = {"GRU": 9.0, "RNN_TANH": 3.0, "RNN_RELU": 3.0, "LSTM": 9.0}
"""Numbers per position and hidden unit that are kept for the backward pass. Counted on torch 2.13, CPU: of networks
unrolled by autograd; for an LSTM five are written into oneDNN's workspace (gates and memory), and its backward pass
holds four more, the gradients of the gates."""


@torch.library.custom_op("seqdl::all_steps", mutates_args=())
def all_steps(sequence: Tensor, weights: list[Tensor], kept: int, outputs: int) -> tuple[Tensor, Tensor]:
    """A recurrent layer as one operation on fake tensors: its output, and what its steps keep for the backward pass."""
    raise NotImplementedError("it computes nothing")


@all_steps.register_fake
def _(sequence: Tensor, weights: list[Tensor], kept: int, outputs: int) -> tuple[Tensor, Tensor]:
    return sequence.new_empty(*sequence.shape[:2], outputs), sequence.new_empty(*sequence.shape[:2], kept)


@torch.library.custom_op("seqdl::all_steps_backward", mutates_args=())
def all_steps_backward(sequence: Tensor, weights: list[Tensor], kept: Tensor) -> list[Tensor]:
    """The gradients of the sequence and of each weight, as :func:`all_steps`."""
    raise NotImplementedError("it computes nothing")


@all_steps_backward.register_fake
def _(sequence: Tensor, weights: list[Tensor], kept: Tensor) -> list[Tensor]:
    return [torch.empty_like(one) for one in (sequence, *weights)]


def _keep(ctx: Any, inputs: Any, output: Any) -> None:
    sequence, weights, _, _ = inputs
    ctx.save_for_backward(sequence, output[1], *weights)


def _give_back(ctx: Any, gradient: Tensor, _: Tensor) -> Any:
    sequence, kept, *weights = ctx.saved_tensors
    of_sequence, *of_weights = all_steps_backward(sequence, weights, kept)
    return of_sequence, of_weights, None, None


all_steps.register_autograd(_give_back, setup_context=_keep)


def _in_one_step(module: nn.RNNBase) -> Callable[..., tuple[Tensor, Any]]:
    directions = 2 if module.bidirectional else 1
    outputs = directions * (module.proj_size or module.hidden_size)
    per_unit = KEPT_PER_STEP[module.mode]

    def forward(sequence: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        del state
        batch = sequence.shape[0 if module.batch_first else 1]
        for layer in range(module.num_layers):
            endings = (f"_l{layer}", f"_l{layer}_reverse")
            weights = [one for name, one in module.named_parameters(recurse=False) if name.endswith(endings)]
            kept = round(directions * per_unit * module.hidden_size)
            sequence, _ = all_steps(sequence, weights, kept, outputs)
        last = sequence.new_empty(module.num_layers * directions, batch, outputs // directions)
        if isinstance(module, nn.LSTM):
            return sequence, (last, last.new_empty(*last.shape[:2], module.hidden_size))
        return sequence, last

    return forward


_UNROLLED = 6.0
"""As ``KEPT_PER_STEP``, of an LSTM that goes step by step in Python with straight-line gates. Such a pass holds at most
15 numbers a step and unit, when it goes back; so does one operation that keeps 6, whose gradients then stand beside
them. Counted on fake tensors, followed step by step (torch 2.13, CPU)."""


def _unrolled(module: nn.Module) -> Callable[..., tuple[Tensor, Any]]:
    """One that takes ``(N, P, D)`` and gives what each step puts out and both states."""
    weights = list(module.parameters(recurse=False))
    hidden = module.get_parameter("weight_hh_l0").shape[1]

    def forward(sequence: Tensor) -> tuple[Tensor, Any]:
        answers, _ = all_steps(sequence, weights, round(_UNROLLED * hidden), hidden)
        last = sequence.new_empty(len(sequence), hidden)
        return answers, (last, torch.empty_like(last))

    return forward
