"""Doors of the Design page: what a network looks like, what it takes and how fast this machine is. See :mod:`doors`."""

import os
import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import design_words, doors, storage
from seqdl_core.config import fields_of
from seqdl_core.errors import ConfigError, SeqDLError
from seqdl_core.runs.jobs import wait_for

if TYPE_CHECKING:
    from seqdl_core.anatomy import Anatomy
    from seqdl_core.data.dataset import Dataset, DatasetInfo
    from seqdl_core.sizing import Machine, Room, Size

_PATIENCE_SECONDS = 0.1


def anatomy_of(name: str, info: "DatasetInfo", settings: Mapping[str, Any]) -> "Anatomy":
    """Layers, parameters, receptive field and operations of a network for this data, which is not built."""
    return _anatomy(name, _frozen(settings), info.model_dump_json(include=_SHAPING))


@st.cache_data(max_entries=128, show_spinner="Following the sequence through the network")
def _anatomy(name: str, settings: tuple[tuple[str, Any], ...], shaping: str) -> "Anatomy":
    from seqdl_core.anatomy import anatomy_for
    from seqdl_core.runs.fitting import shape_for

    return anatomy_for(name, dict(settings), shape_for(_info(shaping)))


def parameters_of(name: str, info: "DatasetInfo", settings: Mapping[str, Any]) -> int:
    """How many numbers training adjusts; the network is at most built, without weights, and not run."""
    return _parameters(name, _frozen(settings), info.model_dump_json(include=_SHAPING))


@st.cache_data(max_entries=256, show_spinner=False)
def _parameters(name: str, settings: tuple[tuple[str, Any], ...], shaping: str) -> int:
    from seqdl_core.anatomy import parameters_for
    from seqdl_core.runs.fitting import shape_for

    return parameters_for(name, dict(settings), shape_for(_info(shaping)))


def size_of(name: str, info: "DatasetInfo", settings: Mapping[str, Any], training: Mapping[str, Any]) -> "Size":
    """What training it takes."""
    told = {key: training[key] for key in ("batch_size", "epoch_size", "validation_fraction") if key in training}
    return _size(name, _frozen(settings), _frozen(told), info.model_dump_json(include=_SHAPING))


@st.cache_data(max_entries=128, show_spinner="Counting what training would take")
def _size(
    name: str, settings: tuple[tuple[str, Any], ...], training: tuple[tuple[str, Any], ...], shaping: str
) -> "Size":
    from seqdl_core.runs.fitting import size_for

    return size_for(_info(shaping), name, dict(settings), dict(training))


def room_of(training: Mapping[str, Any]) -> "Room":
    """The memory that is free now."""
    from seqdl_core.config import parse
    from seqdl_core.sizing import room_of
    from seqdl_core.training.config import TrainingConfig

    return room_of(parse(TrainingConfig, training, where="Training"))


def device_line(training: Mapping[str, Any]) -> str:
    """What training will take place on, and what else this machine has; "" where what was asked for is not there."""
    from seqdl_core.sizing.devices import chosen, devices

    try:
        taken = chosen(str(training.get("device", "auto")))
    except SeqDLError:  # said beside the network
        return ""
    return design_words.device_line(taken, [one for one in devices() if one.kind != taken.kind])


def refusal(
    name: str, info: "DatasetInfo", settings: Mapping[str, Any], training: Mapping[str, Any]
) -> SeqDLError | None:
    """Why this network cannot be trained on this data here and now; None where it can."""
    try:
        anatomy_of(name, info, settings)
        room_of(training)
        _require_fit(name, info, settings, training)
    except SeqDLError as problem:
        titles = {field.name: field.title for field in fields_of(doors.architecture(name).config)}
        if problem.where in titles:
            problem.where = f"Design, setting {titles[problem.where]}"
        return problem
    return None


def _require_fit(name: str, info: "DatasetInfo", settings: Mapping[str, Any], training: Mapping[str, Any]) -> None:
    if size_of(name, info, settings, training).memory.training > room_of(training).free:
        problem = _too_large(name, _frozen(settings), _frozen(training), info.model_dump_json(include=_SHAPING))
        if problem:
            raise ConfigError(problem["what"], where=problem["where"], fix=problem["fix"])


@st.cache_data(max_entries=128, ttl=60, show_spinner="Looking for what would fit")
def _too_large(
    name: str, settings: tuple[tuple[str, Any], ...], training: tuple[tuple[str, Any], ...], shaping: str
) -> dict[str, str]:
    """The refusal in its parts, which takes several rounds to find; empty where memory has become free."""
    from seqdl_core.runs.fitting import require_fit

    try:
        require_fit(_info(shaping), name, dict(settings), dict(training))
    except ConfigError as problem:
        return problem.parts()
    return {}


def seconds_per_epoch(size: "Size", machine: "Machine") -> tuple[float, float, float]:
    """The least, the likely and the most."""
    from seqdl_core.sizing import seconds_per_epoch

    return seconds_per_epoch(size, machine)


def misfit(name: str, info: "DatasetInfo", settings: Mapping[str, Any]) -> SeqDLError | None:
    """Why a network cannot take this data; None where it can."""
    from seqdl_core.config import parse
    from seqdl_core.runs.fitting import shape_for

    chosen = doors.architecture(name)
    try:
        chosen.check(parse(chosen.config, settings, where=name), shape_for(info))
    except SeqDLError as problem:
        return problem
    return None


def own_allowed(info: "DatasetInfo") -> bool:
    """Whether a network of one's own may be added for this data."""
    from seqdl_core.own_networks import allowed
    from seqdl_core.own_networks.running import TASKS

    return allowed() and info.task in TASKS


def add_own(data: "Dataset", source: bytes, name: str) -> str:
    """Try a file in a process of its own and keep it where it passes; the name of its architecture."""
    from seqdl_core.runs.own_trial import add

    return add(source, name, data.folder).own.architecture


def _measuring() -> list[str]:
    """The order that measures this machine; another machine that shares the folder has its own."""
    return ["machine", f"--named={platform.node()}-{platform.machine()}-{os.cpu_count()}"]


def machine(owner: str) -> "Machine | None":
    """How fast this machine is; measured once in a process beside this one, None until that is done."""
    from seqdl_core.sizing import Machine

    job = storage.find_job(owner, _measuring())
    if job is None and os.environ.get("SEQDL_WORKER") != "off":  # else nothing is computed beside the page
        job = storage.start_job(owner, _measuring())
    done = job is not None and wait_for(job, _PATIENCE_SECONDS) == "finished"
    if job is None or not done:
        return None
    return Machine(**{name: value for name, value in job.result().items() if name in Machine.model_fields})


def is_being_measured(owner: str) -> bool:
    """Whether :func:`machine` will have an answer soon."""
    job = storage.find_job(owner, _measuring())
    return job is not None and job.state() == "running"


_SHAPING = {"name", "alphabet", "directed", "task", "length", "targets", "label_names", "negatives", "counts",
            "bins"}  # fmt: skip
"""What a network and its training depend on; the rest of a data set's description may be long."""


def _info(shaping: str) -> "DatasetInfo":
    from seqdl_core.data.dataset import DatasetInfo

    return DatasetInfo.model_validate_json(shaping)


def _frozen(settings: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(settings.items()))
