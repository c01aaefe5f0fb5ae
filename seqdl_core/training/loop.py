"""The training loop, to be read from top to bottom.

What may go wrong on the way is answered here. A loss that is no number: back to the newest checkpoint with half the
rate, twice at most. Too little memory: a batch is looked at in halves, whose gradients add up to the same step. A full
disk: wait until there is room. Each is told to the callbacks.
"""

import errno
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from seqdl_core.errors import RunError
from seqdl_core.models import SequenceNetwork
from seqdl_core.predict import one_hot
from seqdl_core.tasks import Task
from seqdl_core.training.allocation import give_back_large_blocks
from seqdl_core.training.augmentation import Augmentation, require_no_shift_of_bins
from seqdl_core.training.batches import Batch, Batches, TrainingData, hold_out, shown_up_to
from seqdl_core.training.callbacks import Callback, EpochReport, StepReport
from seqdl_core.training.checkpoint import Checkpoint, load_newest, save_checkpoint
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.convolutions import fewer_multiplications
from seqdl_core.training.objective import Objective, first_layer
from seqdl_core.training.optimiser import learning_rate_at, optimiser_of
from seqdl_core.training.precision import choose_device, choose_precision, computing, fast_products
from seqdl_core.training.team import Team
from seqdl_core.training.validation import Validation

_RESCUES = 2
_CHECKPOINT_SECONDS = 120.0
_WAIT_SECONDS = 2.0
_FULL = (errno.ENOSPC, errno.EDQUOT)


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
    origin: Mapping[str, Any] | None = None,
) -> FitResult:
    """Train ``network`` in place and leave the best weights in it; goes on from ``checkpoints`` where there are any.

    A task that hides letters makes its targets here: new ones every time a batch is shown, for validation once.

    ``origin`` says what the checkpoints are made for, in values that JSON holds; those made for anything else are
    refused. Validation is held out of ``data`` where none is given. The validation metric, and the weights that are
    kept, are those of an exponential moving average of the weights. On the CPU a resumed run ends with the same
    weights, bit for bit.

    Raises:
        ConfigError: for a shift that the targets cannot follow, and for settings that make no sense for the task.
        DataError: when the data are too few to hold some back.
        RunError: when the loss is no number even with a quarter of the rate, or a checkpoint is of another network or
            ``origin``.
    """
    # Rectifiers leave filters without gradient, and Adam's moments then fade into denormal numbers, which made a CPU
    # five times slower (2026-11-23, two cores); flushed to zero they cost nothing.
    torch.set_flush_denormal(True)
    give_back_large_blocks()
    device = choose_device(config.device)
    require_no_shift_of_bins(config, task)
    if validation is None:
        train, validation = hold_out(data, config.validation_fraction, config.seed, by_class=task.by_class)
    else:
        train = data
    training = _Training(network.to(device), task, train, validation, config, checkpoints, callbacks, origin or {})
    with fast_products(device):
        return training.run()


class _LossLost(Exception):
    """The loss is no finite number."""

    def __init__(self, value: float, epoch: int, step: int) -> None:
        super().__init__(f"The loss became {value} in epoch {epoch + 1}, step {step + 1}.")


class _Training:
    """One call of :func:`fit`: what stays the same all through it, and ``state``, which a checkpoint keeps."""

    def __init__(
        self,
        network: SequenceNetwork,
        task: Task,
        train: TrainingData,
        validation: TrainingData,
        config: TrainingConfig,
        checkpoints: Path | None,
        callbacks: Sequence[Callback],
        origin: Mapping[str, Any],
    ) -> None:
        self.network, self.task, self.train, self.config = network, task, train, config
        self.device = next(network.parameters()).device
        self.team = Team.present()
        self.checkpoints, self.callbacks = checkpoints, callbacks if self.team.first else ()
        self.objective = Objective(task, config, train.targets)
        self.first_layer = first_layer(network)
        self.validation = Validation(task, validation, config)
        self.augmentation = Augmentation(config, train.alphabet, self.device)
        self.steps_per_epoch = len(self._batches(0))
        self.steps = self.steps_per_epoch * config.epochs
        self.optimiser = optimiser_of(network, config)
        self.state = Checkpoint.fresh(network, self.optimiser, config.seed)
        if checkpoints is not None and (newest := load_newest(checkpoints, origin)):
            newest.restore(network, self.optimiser)
            self.state = newest
        else:
            torch.manual_seed(config.seed)
        self.state.origin = dict(origin)
        self.wrapped = self.team.wrapped(network, self.device)
        if not self.state.precision:
            self.state.precision = self._precision()
        self.saved = self.started = time.monotonic()
        self.seen = 0

    def run(self) -> FitResult:
        """To the end, or until a callback stops it."""
        while self.state.epoch < self.config.epochs and not self._patience_is_over():
            try:
                if not self._epoch():
                    return self._result(finished=False)
            except _LossLost as lost:
                self._go_back(lost)
        return self._result(finished=True)

    def _epoch(self) -> bool:
        """The rest of the present epoch; False when it was stopped."""
        state, epoch = self.state, self.state.epoch
        began, seen_before = time.perf_counter(), self.seen
        self.network.train()
        for step, batch in enumerate(self._batches(epoch).start_at(state.step), state.step):
            self._count(self._step(batch, epoch, step), epoch, step)
            if self._wants_to_stop():
                self._save(epoch, step + 1)
                return False
            if time.monotonic() - self.saved > _CHECKPOINT_SECONDS:
                self._save(epoch, step + 1)
        validated = self.validation.of(state.averaged(self.network)) if self.team.first else None
        told = (validated.loss, validated.metric, validated.figure) if validated else (0.0, 0.0, 0.0)
        loss, metric, figure = self.team.told(told, self.device)
        seconds = time.perf_counter() - began
        report = EpochReport(
            epoch=epoch + 1,
            epochs=self.config.epochs,
            train_loss=state.loss_sum / max(state.loss_count, 1),
            validation_loss=loss,
            validation_metric=metric,
            metric_name=self.validation.metric_name,
            learning_rate=self._rate((epoch + 1) * self.steps_per_epoch - 1),
            seconds=seconds,
            sequences_per_second=(self.seen - seen_before) / max(seconds, 1e-9),
            best=state.is_best(figure),
        )
        state.close_epoch(report, figure)
        self._save(epoch + 1, 0)
        self._tell(lambda callback: callback.on_epoch(report))
        return epoch + 1 == self.config.epochs or not self._wants_to_stop()

    def _step(self, batch: Batch, epoch: int, step: int) -> float:
        """Learn from one batch, and return its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(epoch * self.steps_per_epoch + step)
        self.augmentation.start(epoch, step)
        codes, targets = self._shown(batch)
        while True:
            random = torch.random.get_rng_state()
            self.optimiser.zero_grad(set_to_none=True)
            try:
                value = self._gradients(codes, targets)
                break
            except (MemoryError, RuntimeError) as problem:
                if not _is_memory(problem) or not self._look_at_fewer(len(codes)):
                    raise
                torch.random.set_rng_state(random)
        if not math.isfinite(value):
            raise _LossLost(value, epoch, step)
        if self.config.clip > 0:
            clip_grad_norm_(self.network.parameters(), self.config.clip)
        self.optimiser.step()
        self.state.average(self.network, epoch * self.steps_per_epoch + step, self.config.averaging)
        return value

    def _shown(self, batch: Batch) -> tuple[UInt8[Tensor, "N L"], Float[Tensor, "N ..."]]:
        """The batch on the device, as the network is shown it this time."""
        augmentation, task, network = self.augmentation, self.task, self.network
        mine = (part[self.team.rank :: self.team.size] for part in batch)
        codes, targets, flipped, shifts = (_sent(torch.from_numpy(part), self.device) for part in mine)
        targets = task.dense(targets) if task.dense else targets
        codes = augmentation.letters(codes, flipped, shifts)
        if not task.hide:
            targets = augmentation.targets(task, targets, flipped, shifts)
        if network.margin is not None:
            shown = shown_up_to(codes, network.margin, self.train.alphabet.size)
            codes, targets = codes[:, :shown], targets[:, :shown]
        if task.hide:
            codes, targets = augmentation.hidden(task.hide, codes)
        return codes, targets

    def _gradients(self, codes: UInt8[Tensor, "N L"], targets: Float[Tensor, "N ..."]) -> float:
        """Gradients of the mean loss, from as many rows at once as there is memory for; returns the loss."""
        rows = self.state.rows_at_once or len(codes)
        parts = list(zip(codes.split(rows), targets.split(rows), strict=True))
        known = [float(torch.isfinite(part).sum()) if len(parts) + self.team.size > 2 else 1.0 for _, part in parts]
        total = max(self.team.summed(sum(known), self.device), 1.0) / self.team.size
        lost = torch.zeros((), device=self.device)
        for (some, wanted), count in zip(parts, known, strict=True):
            loss = self._loss(some, wanted) * (count / total)
            loss.backward()
            lost += loss.detach()
        return self.team.summed(float(lost), self.device) / self.team.size

    def _loss(self, codes: UInt8[Tensor, "N L"], targets: Float[Tensor, "N ..."]) -> Float[Tensor, ""]:
        precision = self.state.precision or "float32"
        with computing(self.device, precision), fewer_multiplications(self.network, precision):
            scores = self.wrapped(self.augmentation.signal(one_hot(codes, self.train.alphabet.size)))
        return self.objective(scores.float(), targets, self.first_layer)

    def _look_at_fewer(self, rows: int) -> bool:
        """Halve how many rows are looked at together; False where it is one already."""
        present = min(self.state.rows_at_once or rows, rows)
        if present <= 1 or self.team.size > 1:
            return False
        self.state.rows_at_once = -(-present // 2)
        self.optimiser.zero_grad(set_to_none=True)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self._notice(
            f"Memory was too small for {present} sequences at once; {self.state.rows_at_once} are looked at together, "
            f"and the batch stays {rows}."
        )
        return True

    def _go_back(self, lost: _LossLost) -> None:
        """To the newest checkpoint, or the beginning, with half the rate.

        Raises:
            RunError: the third time, and where there is nothing to go back to.
        """
        rate, rescues = self.state.rate_share, self.state.rescues
        newest = load_newest(self.checkpoints, self.state.origin) if self.checkpoints is not None else None
        if rescues >= _RESCUES or (newest is None and self.state.history):
            tried = f" It did so {rescues + 1} times, the last with {rate:g} of the rate." if rescues else ""
            raise RunError(
                f"{lost}{tried}",
                where="training",
                fix=f"Lower the learning rate from {self.config.learning_rate:g}, for example to a tenth, and look for "
                "targets far larger than the others.",
            ) from lost
        self.optimiser = optimiser_of(self.network, self.config)
        if newest is None:
            self.network.load_state_dict(self.state.best)
            torch.manual_seed(self.config.seed)
            again = Checkpoint.fresh(self.network, self.optimiser, self.config.seed)
            again.origin, again.precision = self.state.origin, self.state.precision
        else:
            newest.restore(self.network, self.optimiser)
            again = newest
        again.rate_share, again.rescues, again.rows_at_once = rate / 2, rescues + 1, self.state.rows_at_once
        self.state = again
        self._notice(f"{lost} Training went back to epoch {again.epoch + 1}, with half the rate.")
        if newest is not None:
            self._save(again.epoch, again.step)

    def _count(self, value: float, epoch: int, step: int) -> None:
        """Enter a step into the epoch's mean, and tell of it."""
        state, rows = self.state, self._batches_size
        state.loss_sum += value
        state.loss_count += 1
        self.seen += rows
        report = StepReport(
            epoch=epoch + 1,
            epochs=self.config.epochs,
            step=epoch * self.steps_per_epoch + step + 1,
            steps=self.steps,
            loss=value,
            learning_rate=self._rate(epoch * self.steps_per_epoch + step),
            sequences_per_second=self.seen / max(time.monotonic() - self.started, 1e-9),
        )
        self._tell(lambda callback: callback.on_step(report))

    def _batches(self, epoch: int) -> Batches:
        batches = Batches(
            self.train,
            self.config,
            epoch,
            alike=self.network.margin is not None,
            by_class=self.task.by_class,
            processes=self.team.size,
        )
        self._batches_size = batches.size
        return batches

    def _rate(self, step: int) -> float:
        share = learning_rate_at(step, self.steps, self.config.schedule)
        return share * self.config.learning_rate * self.state.rate_share

    def _patience_is_over(self) -> bool:
        return 0 < self.config.patience <= self.state.epoch - self.state.best_epoch

    def _wants_to_stop(self) -> bool:
        asked = any(callback.should_stop() for callback in self.callbacks)
        return bool(self.team.told([float(asked)], self.device)[0])

    def _save(self, epoch: int, step: int) -> None:
        """Write a checkpoint, where any are wanted; every process moves on to the next step."""
        self.state.capture(self.network, self.optimiser, epoch, step)
        self.saved = time.monotonic()
        if self.checkpoints is not None and self.team.first:
            folder = self.checkpoints
            self._with_room(lambda: save_checkpoint(folder, self.state))

    def _tell(self, what: Callable[[Callback], None]) -> None:
        for callback in self.callbacks:
            self._with_room(partial(what, callback))

    def _notice(self, text: str) -> None:
        self._tell(lambda callback: callback.on_notice(text))

    def _with_room(self, write: Callable[[], object]) -> None:
        """Write; while the disk is full wait, unless a callback asks to stop."""
        waiting = False
        while True:
            try:
                write()
                return
            except OSError as problem:
                if problem.errno not in _FULL or any(callback.should_stop() for callback in self.callbacks):
                    raise
                if not waiting:
                    for callback in self.callbacks:
                        callback.on_wait("The disk is full. Training waits, and goes on when there is room.")
                waiting = True
                time.sleep(_WAIT_SECONDS)

    def _precision(self) -> Any:
        """As asked for; ``auto`` measures on the first batch, and leaves nothing changed."""
        if self.config.precision != "auto":
            return self.config.precision
        batch = next(iter(self._batches(0).start_at(0)))
        weights = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
        random = torch.random.get_rng_state()

        def attempt() -> Tensor:
            codes = torch.from_numpy(batch.codes).to(self.device)
            scores: Tensor = self.network(one_hot(codes, self.train.alphabet.size))
            scores.float().square().mean().backward()
            return scores

        self.network.train()
        chosen = choose_precision(self.device, attempt)
        self.network.load_state_dict(weights)
        self.network.zero_grad(set_to_none=True)
        torch.random.set_rng_state(random)
        return chosen

    def _result(self, *, finished: bool) -> FitResult:
        state = self.state
        state.put_best_into(self.network)
        self.network.eval()
        return FitResult(finished, len(state.history), state.best_epoch, state.best_metric, tuple(state.history))


def _sent(tensor: Tensor, device: torch.device) -> Tensor:
    """On the device; to a GPU from pinned memory, so that the copy goes on beside the computation."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def _is_memory(problem: BaseException) -> bool:
    """Whether too little memory was the reason; torch says so in words where it is the processor's."""
    words = str(problem).lower()
    return isinstance(problem, MemoryError) or "out of memory" in words or "not enough memory" in words
