"""Callbacks: no-op hooks that the training loop calls; override what you need."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepReport:
    """What the loop knows after a step. ``done`` runs from 0 to 1 over the whole run."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    learning_rate: float
    sequences_per_second: float

    @property
    def done(self) -> float:
        return self.step / self.steps


@dataclass(frozen=True)
class EpochReport:
    """What the loop knows after an epoch (1-based). ``best``: this epoch's validation metric is the best."""

    epoch: int
    epochs: int
    train_loss: float
    validation_loss: float
    validation_metric: float
    metric_name: str
    learning_rate: float
    seconds: float
    sequences_per_second: float
    best: bool


class Callback:
    """The parent of all callbacks."""

    def on_step(self, report: StepReport) -> None:
        """After every optimiser step."""

    def on_epoch(self, report: EpochReport) -> None:
        """After every epoch, once its checkpoint is written."""

    def on_notice(self, text: str) -> None:
        """Something went wrong and was answered; training goes on."""

    def on_wait(self, text: str) -> None:
        """Something has to be done before training can go on, which it does by itself then."""

    def should_stop(self) -> bool:
        """Asked after every step; True writes a checkpoint and ends the loop."""
        return False
