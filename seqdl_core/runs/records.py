"""What a run folder holds as JSON: the order (``run.json``), the state (``state.json``) and the metric lines."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from seqdl_core.config import Config
from seqdl_core.training.callbacks import EpochReport, StepReport

RunState = Literal["prepared", "queued", "running", "finished", "stopped", "failed", "interrupted"]
Phase = Literal["", "training", "judging", "explaining"]


class RunSpec(Config):
    """What was ordered; never changes once written, but for ``data`` when its data set is deleted.

    ``data`` is the dataset folder, absolute or relative to the run folder. ``architecture_config`` and ``training``
    hold every setting, the defaults too. ``created`` is UTC in ISO 8601. ``fold`` is the fold that tests, from 1, where
    the folds of a data set take turns; 0 where they do not. ``task`` is ``masked`` where letters are hidden to be told,
    otherwise that of the data set; empty in runs of older versions, which knew no other.
    """

    id: str
    owner: str
    name: str
    architecture: str
    architecture_config: dict[str, Any] = Field(default_factory=dict)
    training: dict[str, Any] = Field(default_factory=dict)
    data: str
    data_hash: str
    jaspar: str = ""
    fold: int = 0
    task: str = ""
    created: str


class RunStatus(Config):
    """How far a run has come. Times are UTC in ISO 8601.

    Attributes:
        state: ``prepared`` means made but given to nobody, ``interrupted`` that its process went without a last word.
        done: share of the training steps that are behind, 0 to 1. Judging and explaining come after 1.
        error: the three parts of what went wrong, where the state is ``failed``.
        trained: whether training came to its end, so that a resumed run goes on with judging.
        pid, process_created, host: which process works on it, and where.
        seconds_left: low, middle and high estimate for the rest of training; None where unknown.
        memory_mb: the most memory the process held at once, in MB: the program, training, judging and explaining.
        training_mb: by how much training alone made it grow at most, in MB, or the memory it took of the GPU: what
            :func:`seqdl_core.sizing.size_of` predicts.
        notices: what went wrong on the way and was answered, the first one first.
        waits_for: what has to be done before training goes on, such as room on the disk; empty while it goes on.
        updated: when the process last gave a sign of life.
        slot: which of the places for trainings of this machine it has, from 0; None where no worker started it.
        loss: the training loss of the last step; None before the first and where it is no number.
    """

    state: RunState = "prepared"
    phase: Phase = ""
    epoch: int = 0
    epochs: int = 0
    done: float = 0.0
    message: str = ""
    error: dict[str, str] | None = None
    trained: bool = False
    pid: int | None = None
    process_created: float = 0.0
    host: str = ""
    queued: str = ""
    started: str = ""
    ended: str = ""
    updated: str = ""
    seconds_left: tuple[float, float, float] | None = None
    memory_mb: float = 0.0
    training_mb: float = 0.0
    sequences_per_second: float = 0.0
    notices: tuple[str, ...] = ()
    waits_for: str = ""
    slot: int | None = None
    loss: float | None = None


class RunNotes(Config):
    """What people wrote beside a run: text, and tags to find it by. It may change, which ``run.json`` never does."""

    text: str = Field("", max_length=20_000, title="Note")
    tags: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)], ...] = Field(
        (), max_length=30, title="Tags"
    )


def now() -> str:
    """The time, UTC, ISO 8601 with microseconds, so that text order is time order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def seconds_since(moment: str) -> float:
    """Seconds from a time written by :func:`now` to this moment; infinite where there is none."""
    if not moment:
        return math.inf
    return (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()


def metric_line(report: StepReport | EpochReport) -> str:
    """One line of ``metrics.jsonl``; a number that is not finite becomes null."""
    kind = "epoch" if isinstance(report, EpochReport) else "step"
    values = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(report).items()
    }
    return json.dumps({"kind": kind, **values}) + "\n"


def read_metric_lines(lines: Iterable[bytes]) -> tuple[list[StepReport], list[EpochReport]]:
    """Steps and epochs in order. A torn line is passed over; a line that goes back in time replaces what came after.

    A run that was killed tears its last line, and after a resume trains some steps again.
    """
    steps: list[StepReport] = []
    epochs: list[EpochReport] = []
    for line in lines:
        try:
            values = json.loads(line)
            kind = values.pop("kind")
            values = {name: math.nan if value is None else value for name, value in values.items()}
            if kind == "step":
                step = StepReport(**values)
                while steps and steps[-1].step >= step.step:
                    steps.pop()
                steps.append(step)
            elif kind == "epoch":
                epoch = EpochReport(**values)
                while epochs and epochs[-1].epoch >= epoch.epoch:
                    epochs.pop()
                epochs.append(epoch)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return steps, epochs
