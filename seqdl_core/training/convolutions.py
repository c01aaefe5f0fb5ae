"""Wide convolutions with fewer multiplications, for training on a processor.

A convolution of width K is cut into even and odd positions. With e and o the even and odd positions of the input, and a
and b the even and odd weights, the outputs at even and odd positions are four convolutions of half the width and half
the length, of which three suffice:

    even = e * a + o * b        both = o * (a + b)        even = both + (e - o) * a
    odd  = o * a + e' * b                                 odd  = both + (e' - o) * b      (e' is e one step further)

So a quarter of the multiplications is saved, for some additions; done twice, nine of sixteen are left (Mou & Duhamel,
"Short-length FIR filters and their use in fast nonrecursive filtering", IEEE Transactions on Signal Processing 39:1322,
1991). Each small convolution is a sum of matrix products, one for each of its weights along the sequence, which read
the same rows one step further each time. Rounding errors are those of a sum in another order: a few millionths of the
largest value. Only training does so; scores are always those of torch's own convolution.

On two cores of an AVX2 processor a forward and backward pass of DeepSEA's second and third convolution took 1.8 and 1.4
times as long with torch's convolution, and Basset's second 1.6 times (2026-11-23); smaller ones gain nothing and are
left to torch (:func:`gains`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn.functional import conv1d, pad
from torch.overrides import TorchFunctionMode

_HALVINGS = 2
_LEAST_WIDTH = 7
_LEAST_WEIGHTS = 50_000
"""Of input times output channels: below that the additions take as long as the multiplications they replace."""


def fewer_multiplications(network: nn.Module, precision: str) -> AbstractContextManager[object]:
    """Inside, the network's convolutions of float32 on the processor are done as above where that is faster."""
    wide = any(isinstance(part, nn.Conv1d) and gains(part.weight) for part in network.modules())
    on_processor = all(one.device.type == "cpu" for one in network.parameters())
    return _InsteadOfConv1d() if wide and on_processor and precision == "float32" else nullcontext()


def gains(weight: Float[Tensor, "O C K"]) -> bool:
    """Whether a convolution with these weights is faster in halves."""
    filters, channels, width = weight.shape
    return width >= _LEAST_WIDTH and filters * channels >= _LEAST_WEIGHTS


class _InsteadOfConv1d(TorchFunctionMode):
    """Stands in for every call of ``conv1d`` that has no stride, dilation or groups."""

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if function is conv1d:
            return _convolved(*args, **(kwargs or {}))
        return function(*args, **(kwargs or {}))


def _convolved(
    features: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | tuple[int, ...] = 1,
    padding: int | tuple[int, ...] | str = 0,
    dilation: int | tuple[int, ...] = 1,
    groups: int = 1,
) -> Tensor:
    plain = groups == 1 and {*_all(stride), *_all(dilation)} == {1} and not isinstance(padding, str)
    if not (plain and gains(weight) and features.dtype == weight.dtype == torch.float32):
        return conv1d(features, weight, bias, stride, padding, dilation, groups)
    (margin,) = _all(padding)
    convolved: Tensor = InHalves.apply(pad(features, (margin, margin)) if margin else features, weight)
    return convolved if bias is None else convolved + bias[:, None]


def _all(numbers: Any) -> tuple[int, ...]:
    return (numbers,) if isinstance(numbers, int) else tuple(numbers)


class InHalves(torch.autograd.Function):
    """``conv1d(features, weight)`` without padding, by the method of this module."""

    @staticmethod
    def forward(
        ctx: FunctionCtx, features: Float[Tensor, "N C L"], weight: Float[Tensor, "O C K"]
    ) -> Float[Tensor, "N O P"]:
        rows = features.transpose(1, 2).contiguous()
        ctx.save_for_backward(rows, weight)
        return _forward(rows, weight.permute(2, 1, 0).contiguous(), _HALVINGS).transpose(1, 2).contiguous()

    @staticmethod
    def backward(
        ctx: Any, gradient: Float[Tensor, "N O P"]
    ) -> tuple[Float[Tensor, "N C L"] | None, Float[Tensor, "O C K"]]:
        rows, weight = ctx.saved_tensors
        steps = weight.permute(2, 1, 0).contiguous()
        wanted = ctx.needs_input_grad[0]
        of_rows, of_steps = _backward(rows, steps, gradient.transpose(1, 2), _HALVINGS, wanted)
        return None if of_rows is None else of_rows.transpose(1, 2).contiguous(), of_steps.permute(2, 1, 0)


def _forward(rows: Float[Tensor, "N L C"], steps: Float[Tensor, "K C O"], halvings: int) -> Float[Tensor, "N P O"]:
    """The convolution, P = L - K + 1."""
    if not halvings:
        return _products(rows, steps)
    places = rows.shape[1] - len(steps) + 1
    even, odd, further = _in_two(rows, len(steps))
    first, second = _weights_in_two(steps)
    half = -(-places // 2)
    both = _forward(odd, first + second, halvings - 1)
    answers = rows.new_empty(len(rows), half, 2, steps.shape[2])
    torch.add(both, _forward(even - odd, first, halvings - 1), out=answers[:, :, 0])
    torch.add(both, _forward(further - odd, second, halvings - 1), out=answers[:, :, 1])
    return answers.flatten(1, 2)[:, :places]


def _backward(
    rows: Float[Tensor, "N L C"],
    steps: Float[Tensor, "K C O"],
    gradient: Float[Tensor, "N P O"],
    halvings: int,
    wanted: bool,
) -> tuple[Float[Tensor, "N L C"] | None, Float[Tensor, "K C O"]]:
    """The gradients of the rows, where ``wanted``, and of the weights: the same three products, turned round."""
    if not halvings:
        return _products_backward(rows, steps, gradient, wanted)
    even, odd, further = _in_two(rows, len(steps))
    first, second = _weights_in_two(steps)
    gradient = pad(gradient, (0, 0, 0, gradient.shape[1] % 2))
    at_even, at_odd = gradient[:, 0::2], gradient[:, 1::2]
    of_even, of_first = _backward(even - odd, first, at_even, halvings - 1, wanted)
    of_further, of_second = _backward(further - odd, second, at_odd, halvings - 1, wanted)
    of_odd, of_sum = _backward(odd, first + second, at_even + at_odd, halvings - 1, wanted)
    of_steps = torch.empty_like(steps)
    of_steps[0::2] = of_first + of_sum
    of_steps[1::2] = (of_second + of_sum)[: len(steps) // 2]
    if of_even is None or of_further is None or of_odd is None:
        return None, of_steps
    of_odd -= of_even
    of_odd -= of_further
    of_even = pad(of_even, (0, 0, 0, 1))
    of_even[:, 1:] += of_further
    of_rows = torch.zeros_like(rows)
    for start, part in enumerate((of_even, of_odd)):
        place = of_rows[:, start::2]
        known = min(place.shape[1], part.shape[1])
        place[:, :known] = part[:, :known]
    return of_rows, of_steps


def _in_two(
    rows: Float[Tensor, "N L C"], width: int
) -> tuple[Float[Tensor, "N H C"], Float[Tensor, "N H C"], Float[Tensor, "N H C"]]:
    """Even positions, odd ones, and even ones one step further; as many as the outputs need, zeros beyond the end."""
    places = rows.shape[1] - width + 1
    needed = -(-places // 2) + -(-width // 2) - 1
    parts = []
    for start, count in ((0, needed + 1), (1, needed)):
        found = rows[:, start::2][:, :count]
        parts.append(pad(found, (0, 0, 0, count - found.shape[1])).contiguous())
    return parts[0][:, :-1], parts[1], parts[0][:, 1:]


def _weights_in_two(steps: Float[Tensor, "K C O"]) -> tuple[Float[Tensor, "J C O"], Float[Tensor, "J C O"]]:
    """Even and odd weights; to an odd number a zero is added."""
    return steps[0::2].contiguous(), pad(steps[1::2], (0, 0, 0, 0, 0, len(steps) % 2)).contiguous()


def _products(rows: Float[Tensor, "N L C"], steps: Float[Tensor, "K C O"]) -> Float[Tensor, "N P O"]:
    """All sequences as one long one: what is computed across their ends is cut off."""
    count, length, channels = rows.shape
    width, _, filters = steps.shape
    line, used = rows.reshape(-1, channels), count * length - width + 1
    answers = rows.new_empty(count * length, filters)
    torch.mm(line[:used], steps[0], out=answers[:used])
    for step in range(1, width):
        answers[:used].addmm_(line[step : step + used], steps[step])
    return answers.view(count, length, filters)[:, : length - width + 1]


def _products_backward(
    rows: Float[Tensor, "N L C"], steps: Float[Tensor, "K C O"], gradient: Float[Tensor, "N P O"], wanted: bool
) -> tuple[Float[Tensor, "N L C"] | None, Float[Tensor, "K C O"]]:
    count, length, channels = rows.shape
    width, _, filters = steps.shape
    line, used = rows.reshape(-1, channels), count * length - width + 1
    told = pad(gradient, (0, 0, 0, width - 1)).reshape(-1, filters)[:used]
    of_steps = torch.empty_like(steps)
    for step in range(width):
        torch.mm(line[step : step + used].t(), told, out=of_steps[step])
    if not wanted:
        return None, of_steps
    of_rows = torch.zeros_like(line)
    for step in range(width):
        of_rows[step : step + used].addmm_(told, steps[step].t())
    return of_rows.view(count, length, channels), of_steps
