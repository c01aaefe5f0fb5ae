"""Whether a network fits a data set and this machine: asked by the form while one designs, and when a run starts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from seqdl_core.config import parse
from seqdl_core.data.dataset import DatasetInfo
from seqdl_core.errors import ConfigError
from seqdl_core.models import InputShape
from seqdl_core.runs.parts import outputs_of
from seqdl_core.sizing import Size, require_room, size_of
from seqdl_core.tasks import TASKS
from seqdl_core.training.config import TrainingConfig


def shape_for(info: DatasetInfo) -> InputShape:
    """What a network for this data is built for."""
    task = TASKS.get(info.task)
    return InputShape(
        info.letters, info.length, outputs_of(info), task.output, info.bins, task.hide is not None, info.bin_width
    )


def rows_for(info: DatasetInfo) -> int:
    """The sequences of one pass through the training part, with negatives that training draws."""
    return max(2, info.counts.get("train", 0) * (2 if info.negatives == "shuffle" else 1))


def size_for(info: DatasetInfo, architecture: str, config: Mapping[str, Any], training: Mapping[str, Any]) -> Size:
    """What the training takes; raises ConfigError where the network does not fit the data."""
    with _one_sequence_alone():
        return size_of(architecture, config, shape_for(info), parse(TrainingConfig, training), rows_for(info))


def require_fit(info: DatasetInfo, architecture: str, config: Mapping[str, Any], training: Mapping[str, Any]) -> Size:
    """The same; raises ConfigError too where it would not fit the memory that is free now."""
    with _one_sequence_alone():
        return require_room(architecture, config, shape_for(info), parse(TrainingConfig, training), rows_for(info))


@contextmanager
def _one_sequence_alone() -> Iterator[None]:
    """Says in our words that batch normalisation of dense layers cannot take batches of one sequence."""
    try:
        yield
    except (ValueError, ConfigError) as problem:
        if "more than 1 value per channel" not in str(problem):
            raise
        raise ConfigError(
            "Batches of one sequence cannot train this network: its dense layers are normalised over the batch.",
            where="batch_size",
            fix="Set the batch size to 2 or more, and bring more than a few training sequences.",
        ) from None
