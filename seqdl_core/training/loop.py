"""The training loop, to be read from top to bottom."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.nn.functional import pad
from torch.nn.utils import clip_grad_norm_

from seqdl_core.errors import RunError
from seqdl_core.models import SequenceNetwork
from seqdl_core.predict import one_hot, rows_at_once
from seqdl_core.tasks import Task
from seqdl_core.training.allocation import give_back_large_blocks
from seqdl_core.training.augmentation import Augmentation, require_no_shift_of_bins
from seqdl_core.training.batches import Batches, TrainingData, hidden_once, hold_out, lengths_of
from seqdl_core.training.callbacks import Callback, EpochReport, StepReport
from seqdl_core.training.checkpoint import Checkpoint, load_newest, save_checkpoint
from seqdl_core.training.config import TrainingConfig

_WARM_UP = 0.1
_CLIP = 1.0
_VALIDATED_AT_ONCE = 512
_HIDE = 5


@dataclass(frozen=True)
class FitResult:
    """``finished`` is False when a callback stopped the loop; the network then holds the best weights so far.

    ``best_metric`` is NaN when no epoch was completed.
    """

    finished: bool
    epochs_done: int
    best_epoch: int
    best_metric: float
    history: tuple[EpochReport, ...]


def fit(
    network: SequenceNetwork,
    task: Task,
    data: TrainingData,
    config: TrainingConfig,
    checkpoints: Path | None = None,
    callbacks: Sequence[Callback] = (),
    *,
    validation: TrainingData | None = None,
) -> FitResult:
    """Train ``network`` in place and leave the best weights in it; goes on from ``checkpoints`` where there are any.

    A task that hides letters makes its targets here: new ones every time a batch is shown, for validation once.

    Validation is held out of ``data`` where none is given. The validation metric, and the weights that are kept, are
    those of an exponential moving average of the weights. On the CPU a resumed run ends with the same weights, bit for
    bit.

    Raises:
        ConfigError: for a shift that the targets cannot follow.
        DataError: when the data are too few to hold some back.
        RunError: when the loss is no longer a finite number.
    """
    # Rectifiers leave filters without gradient, and Adam's moments then fade into denormal numbers, which made a CPU
    # five times slower (2026-11-23, two cores); flushed to zero they cost nothing.
    torch.set_flush_denormal(True)
    give_back_large_blocks()
    device = choose_device(config.device)
    require_no_shift_of_bins(config, task)
    network.to(device).train()
    if validation is None:
        train, validation = hold_out(data, config.validation_fraction, config.seed, by_class=task.by_class)
    else:
        train = data
    validation = _with_hidden(task, validation, config.seed)
    augmentation = Augmentation(config, train.alphabet, device)
    alike = network.margin is not None
    steps_per_epoch = len(Batches(train, config, 0))
    steps = steps_per_epoch * config.epochs
    optimiser = torch.optim.AdamW(_parameter_groups(network, config), lr=config.learning_rate)
    state = Checkpoint.fresh(network, optimiser, config.seed)
    if checkpoints is not None and (newest := load_newest(checkpoints)):
        newest.restore(network, optimiser)
        state = newest
    else:
        torch.manual_seed(config.seed)

    def stop_here(epoch: int, step: int) -> FitResult:
        if checkpoints is not None:
            save_checkpoint(checkpoints, state.capture(network, optimiser, epoch, step))
        return _finish(network, state, config, finished=False)

    started, seen = time.perf_counter(), 0
    for epoch in range(state.epoch, config.epochs):
        epoch_started, epoch_seen = time.perf_counter(), 0
        batches = Batches(train, config, epoch, alike=alike)
        first = state.step if epoch == state.epoch else 0
        for step, batch in enumerate(batches.start_at(first), first):
            rate = learning_rate_at(epoch * steps_per_epoch + step, steps) * config.learning_rate
            for group in optimiser.param_groups:
                group["lr"] = rate
            codes, targets, flipped, shifts = (torch.from_numpy(part).to(device) for part in batch)
            augmentation.start(epoch, step)
            codes = augmentation.letters(codes, flipped, shifts)
            if not task.hide:
                targets = augmentation.targets(task, targets, flipped, shifts)
            if network.margin is not None:
                shown = _shown(codes, network.margin, train.alphabet.size)
                codes, targets = codes[:, :shown], targets[:, :shown]
            if task.hide:
                codes, targets = augmentation.hidden(task.hide, codes)
            scores = network(augmentation.signal(one_hot(codes, train.alphabet.size)))
            loss = task.loss(scores, targets)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            clip_grad_norm_(network.parameters(), _CLIP)
            optimiser.step()
            value = float(loss.detach())
            if not math.isfinite(value):
                raise RunError(
                    f"The loss became {value} in epoch {epoch + 1}, step {step + 1}.",
                    where="training",
                    fix=f"Lower the learning rate from {config.learning_rate:g}, for example to a tenth.",
                )
            state.average(network, epoch * steps_per_epoch + step)
            state.loss_sum += value
            state.loss_count += 1
            seen += len(codes)
            epoch_seen += len(codes)
            report = StepReport(
                epoch=epoch + 1,
                epochs=config.epochs,
                step=epoch * steps_per_epoch + step + 1,
                steps=steps,
                loss=value,
                learning_rate=rate,
                sequences_per_second=seen / max(time.perf_counter() - started, 1e-9),
            )
            for callback in callbacks:
                callback.on_step(report)
            if any(callback.should_stop() for callback in callbacks):
                return stop_here(epoch, step + 1)
        validated = _validate(state.averaged(network), task, validation)
        seconds = time.perf_counter() - epoch_started
        epoch_report = EpochReport(
            epoch=epoch + 1,
            epochs=config.epochs,
            train_loss=state.loss_sum / max(state.loss_count, 1),
            validation_loss=validated.loss,
            validation_metric=validated.metric,
            metric_name=task.metric_name,
            learning_rate=learning_rate_at((epoch + 1) * steps_per_epoch - 1, steps) * config.learning_rate,
            seconds=seconds,
            sequences_per_second=epoch_seen / max(seconds, 1e-9),
            best=state.is_best(validated.metric),
        )
        state.close_epoch(epoch_report)
        if checkpoints is not None:
            save_checkpoint(checkpoints, state.capture(network, optimiser, epoch + 1, 0))
        for callback in callbacks:
            callback.on_epoch(epoch_report)
        if config.patience and epoch_report.epoch - state.best_epoch >= config.patience:
            break
        if any(callback.should_stop() for callback in callbacks) and epoch + 1 < config.epochs:
            return stop_here(epoch + 1, 0)
    return _finish(network, state, config, finished=True)


def choose_device(wish: str) -> torch.device:
    """The device to compute on; ``auto`` takes CUDA, then Apple's MPS, then the processor.

    Raises:
        RunError: when the wished device is not there.
    """
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wish == "auto":
        return torch.device("cuda" if present["cuda"] else "mps" if present["mps"] else "cpu")
    if not present[wish]:
        raise RunError(f"This machine has no {wish} device.", where="device", fix="Choose auto or cpu.")
    return torch.device(wish)


def learning_rate_at(step: int, steps: int) -> float:
    """One cycle as a share of the top rate: straight up over a tenth of the steps, then half a cosine to 0."""
    rise = max(1, round(_WARM_UP * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))


def _parameter_groups(network: SequenceNetwork, config: TrainingConfig) -> list[dict[str, object]]:
    """Weight decay on matrices and filters only; offsets and normalisation scales are left alone."""
    decayed = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in network.parameters() if parameter.ndim <= 1]
    return [
        {"params": decayed, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


@dataclass(frozen=True)
class _Validated:
    loss: float
    metric: float


def _with_hidden(task: Task, validation: TrainingData, seed: int) -> TrainingData:
    """The validation part with letters hidden once, the same on every device, where the task hides any."""
    if not task.hide:
        return validation
    drawn = int(np.random.SeedSequence([seed, _HIDE]).generate_state(1)[0])
    codes, targets = hidden_once(task.hide, validation.codes, validation.alphabet, drawn)
    return TrainingData(codes, targets, validation.alphabet)


def _validate(network: SequenceNetwork, task: Task, validation: TrainingData) -> _Validated:
    network.eval()
    device = next(network.parameters()).device
    length = validation.codes.shape[1]
    rows = rows_at_once(length, _VALIDATED_AT_ONCE, pairs=task.output == "pairs")
    ends = np.full(len(validation.codes), length)
    if network.margin is not None:
        ends = np.minimum(_ends(validation) + network.margin, length)
    order = np.argsort(ends, kind="stable")
    parts: list[Float[Tensor, "N T ..."]] = []
    with torch.inference_mode():
        for start in range(0, len(order), rows):
            some = order[start : start + rows]
            codes = torch.from_numpy(validation.codes[some, : ends[some].max()]).to(device)
            found = network(one_hot(codes, validation.alphabet.size)).float().cpu()
            parts.append(pad(found, (0, length - codes.shape[1])) if network.margin is not None else found)
    scores = torch.cat(parts)[torch.from_numpy(np.argsort(order))]
    loss = float(task.loss(scores, torch.from_numpy(validation.targets)))
    return _Validated(loss, task.metric(np.asarray(scores), validation.targets))


def _shown(codes: UInt8[Tensor, "N L"], margin: int, letters: int) -> int:
    """How many positions of a batch to show to a network with this margin: up to the last known letter and so many."""
    known = (codes < letters).any(0).nonzero()
    last = int(known[-1]) + 1 if len(known) else 1
    return min(last + margin, codes.shape[1])


def _ends(data: TrainingData) -> Int[np.ndarray, " N"]:
    """Where each row ends: at the last letter or class that is known, at least 1 from its start."""
    known = np.isfinite(data.targets[:, ::-1])
    asked = np.where(known.any(1), known.shape[1] - known.argmax(1), 1)
    return np.asarray(np.maximum(lengths_of(data.codes, data.alphabet), asked))


def _finish(network: SequenceNetwork, state: Checkpoint, config: TrainingConfig, *, finished: bool) -> FitResult:
    state.put_best_into(network)
    network.eval()
    history = tuple(replace(report) for report in state.history)
    return FitResult(finished, len(history), state.best_epoch, state.best_metric, history)
