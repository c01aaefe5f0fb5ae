"""The work behind ``train RUN``: train, judge, explain, and leave every result in the run folder."""

import os
import platform
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from seqdl_core import __version__
from seqdl_core.config import Config, parse
from seqdl_core.data.dataset import Dataset
from seqdl_core.errors import DataError, RunError, SeqDLError
from seqdl_core.model_file import Model, ModelCard, build_network, load_model, save_model
from seqdl_core.models import SequenceNetwork
from seqdl_core.own_networks import architecture_named, title
from seqdl_core.runs import line
from seqdl_core.runs.fitting import require_fit, shape_for
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.ordering import learned_as, require_test_part
from seqdl_core.runs.parts import normalisation_of, training_part, validation_part
from seqdl_core.runs.processes import peak_memory_mb, signature, usable_cores
from seqdl_core.runs.progress import Recorder, Stopped
from seqdl_core.runs.records import RunState, RunStatus, now
from seqdl_core.runs.store import Store
from seqdl_core.runs.trained import trained_model
from seqdl_core.tasks import TASKS, Normalisation, Task
from seqdl_core.training.batches import TrainingData
from seqdl_core.training.callbacks import Callback
from seqdl_core.training.checkpoint import load_newest
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.loop import FitResult, fit
from seqdl_core.training.team import Team

_START_SECONDS = 1.0
_STARTS: tuple[RunState, ...] = ("prepared", "queued", "interrupted")
_STARTS_AGAIN: tuple[RunState, ...] = (*_STARTS, "stopped", "failed")


def execute(run: RunFolder, say: Callable[[str], None], *, again: bool = False) -> RunStatus:
    """Do a run from where it stands to its end, in this process, and return its final state.

    A run that was stopped or failed goes on only with ``again``. The state is ``finished`` or ``stopped`` afterwards,
    or ``failed`` when an error is raised.

    Raises:
        SeqDLError: what was wrong with the data or the settings, or that another process works on the run.
    """
    lock = run.running_lock()
    if not lock.acquire(_START_SECONDS):
        raise RunError(
            f"The run is running already, as process {run.status().pid}.",
            where=str(run.path),
            fix="Wait for its end, or stop it first.",
        )
    try:
        _begin(run, again)
        recorder = Recorder(run, say)
        try:
            with recorder.listening():
                finished = _train_judge_explain(run, recorder, say)
            return _end(run, "finished" if finished else "stopped", "" if finished else "Stopped.")
        except Stopped:
            return _end(run, "stopped", "Stopped.")
        except SeqDLError as problem:
            _fail(run, problem)
            raise
        except Exception as defect:
            run.log(traceback.format_exc())
            explained = _explained(run, defect)
            _fail(run, explained)
            raise explained from defect
    finally:
        lock.release()


def help_to_train(run: RunFolder) -> None:
    """Take part in the training of a run whose first process is another: it alone writes, judges and explains.

    Raises:
        SeqDLError: what was wrong with the data or the settings.
    """
    if Team.present().begins():
        torch.set_num_threads(usable_cores())
        _order(run, open_data(run)).fitted(run, ())


def _begin(run: RunFolder, again: bool) -> None:
    fields: dict[str, Any] = {
        "state": "running",
        "phase": "training",
        "started": now(),
        "ended": "",
        "error": None,
        "message": "",
        **signature(os.getpid()),
    }
    with run.state_lock():  # the worker holds it until it has noted the process that it started
        before = run.status()
        # On Windows that is the virtual environment's launcher, whose child is this process.
        given = before.state == "running" and before.pid in (os.getpid(), os.getppid())
        allowed = given or before.state in (_STARTS_AGAIN if again else _STARTS)
        if allowed:
            run.put_status(before, **fields)
            if not given and before.state != "queued":
                run.clear_stop()
    if not allowed:
        fix = "Start a new run." if before.state == "finished" else "Go on with: python -m seqdl_core resume RUN."
        raise RunError(f"The run is {before.state}.", where=str(run.path), fix=fix)
    store = Store.around(run)
    if store is not None:  # started by hand it takes a slot too
        line.enter(store, run)


def _train_judge_explain(run: RunFolder, recorder: Recorder, say: Callable[[str], None]) -> bool:
    """True when all is done, False when training was stopped."""
    torch.set_num_threads(usable_cores())
    dataset = open_data(run)
    if run.stop_requested():
        return False
    if run.status().trained and run.model_path.is_file():
        say("Training is done already.")
        model = trained_model(run)
    else:
        trained = _train(run, dataset, recorder, say)
        if trained is None:
            return False
        model = trained
    from seqdl_core.runs.results import explain_run, judge_run, why_not_explained  # slow to load; steps come first

    with recorder.phase("judging"):
        say("Judging the model and the baselines on the test part.")
        judgement = judge_run(run, dataset, model, baselines=True)
        say(judgement.verdict)
    with recorder.phase("explaining"):
        why = why_not_explained(model)
        if why:
            say(why)
        else:
            say("Matching what the filters learned to JASPAR.")
            explain_run(run, dataset, model)
    return True


def open_data(run: RunFolder) -> Dataset:
    """The run's dataset, as its task means it.

    Raises:
        DataError: when it is not the one the run was made for, or has no test part.
    """
    spec = run.spec
    dataset = Dataset.open(run.data)
    if dataset.hash != spec.data_hash:
        raise DataError(
            "The data set is not the one that the run was made for: its content has another hash.",
            where=str(run.data),
            fix="Put the data set back as it was, or start a new run on this one.",
        )
    require_test_part(dataset)
    return learned_as(dataset, spec.task)


def _train(run: RunFolder, dataset: Dataset, recorder: Recorder, say: Callable[[str], None]) -> Model | None:
    """Train and save the model; None when stopped, with the best weights so far saved where there are any."""
    spec, info = run.spec, dataset.info
    _settings(run)  # wrong ones are told before it is asked whether they fit
    require_fit(info, spec.architecture, spec.architecture_config, spec.training)
    recorder.training_begins()
    order, shape = _order(run, dataset), shape_for(info)
    _complete_history(run)
    watched = f", watched on its {len(order.validation.codes):,} validation rows" if order.validation else ""
    say(f"Training {title(spec.architecture)} on {len(order.data.codes):,} sequences of {info.name}{watched}.")
    Team.present().begins()
    result = order.fitted(run, [recorder])
    card = ModelCard(
        architecture=spec.architecture,
        architecture_config=spec.architecture_config,
        alphabet=info.alphabet,
        directed=info.directed,
        task=info.task,
        length=shape.length,
        targets=shape.targets,
        bins=shape.bins,
        target_names=info.targets,
        label_names=info.label_names,
        normalisation=order.normalisation,
        negatives=info.negatives,
        data_name=info.name,
        data_hash=dataset.hash,
        training=spec.training,
        metrics=_measured(result, order.task.metric_name),
        versions={"seqdl": __version__, "torch": torch.__version__, "python": platform.python_version()},
    )
    if result.epochs_done:
        save_model(run.model_path, order.network, card)
    if not result.finished:
        return None
    run.change(trained=True, done=1.0, epoch=result.epochs_done)
    return load_model(run.model_path)


@dataclass(frozen=True)
class _Order:
    """What a run trains: made alike in every process that takes part."""

    network: SequenceNetwork
    task: Task
    data: TrainingData
    validation: TrainingData | None
    normalisation: Normalisation | None
    training: TrainingConfig

    def fitted(self, run: RunFolder, callbacks: Sequence[Callback]) -> FitResult:
        return fit(
            self.network, self.task, self.data, self.training, run.checkpoints, callbacks,
            validation=self.validation, origin=_origin(run),
        )  # fmt: skip


def _settings(run: RunFolder) -> tuple[Config, TrainingConfig]:
    """Of the network and of training, as ``run.json`` has them; raises ConfigError where they are none."""
    config = parse(architecture_named(run.spec.architecture).config, run.spec.architecture_config, where="run.json")
    return config, parse(TrainingConfig, run.spec.training, where="run.json")


def _order(run: RunFolder, dataset: Dataset) -> _Order:
    config, training = _settings(run)
    normalisation = normalisation_of(dataset, training)
    data, validation = training_part(dataset, normalisation), validation_part(dataset, training.seed, normalisation)
    network = build_network(
        architecture_named(run.spec.architecture), config, shape_for(dataset.info), seed=training.seed
    )
    return _Order(network, TASKS.get(dataset.info.task), data, validation, normalisation, training)


def _origin(run: RunFolder) -> dict[str, Any]:
    """What a checkpoint of this run was made for."""
    spec = run.spec
    return {"the architecture": spec.architecture, "data of the hash": spec.data_hash, **spec.architecture_config}


def _complete_history(run: RunFolder) -> None:
    """Enter the epochs that the checkpoint knows and the metrics lack: the process was killed in between."""
    newest = load_newest(run.checkpoints, _origin(run))
    known = {epoch.epoch for epoch in run.metrics()[1]}
    for report in newest.history if newest else []:
        if report.epoch not in known:
            run.append(report)


def _measured(result: FitResult, metric_name: str) -> dict[str, float]:
    if not result.epochs_done:
        return {}
    best = {f"validation_{metric_name}": result.best_metric} if result.best_metric == result.best_metric else {}
    return {**best, "best_epoch": float(result.best_epoch), "epochs": float(result.epochs_done)}


def _end(run: RunFolder, state: RunState, message: str) -> RunStatus:
    run.clear_stop()
    left = {"phase": ""} if state == "finished" else {}
    return run.change(
        state=state, message=message, ended=now(), seconds_left=None, pid=None, memory_mb=peak_memory_mb(), **left
    )


def _fail(run: RunFolder, problem: SeqDLError) -> None:
    run.change(
        state="failed",
        message=problem.what,
        error=problem.parts(),
        ended=now(),
        seconds_left=None,
        pid=None,
        memory_mb=peak_memory_mb(),
    )


def _explained(run: RunFolder, defect: Exception) -> SeqDLError:
    if isinstance(defect, MemoryError) or "out of memory" in str(defect).lower():
        return RunError(
            "The computer has too little free memory for this run.",
            where=run.spec.name,
            fix="Close other programs, or start a new run with a smaller batch size or a smaller architecture.",
        )
    if isinstance(defect, OSError):
        return RunError(
            f"The computer refused to read or write a file: {defect.strerror or defect}.",
            where=str(defect.filename or run.path),
            fix="Check that the disk is there and not full, then resume the run.",
        )
    return RunError(
        f"SeqDL itself made a mistake ({type(defect).__name__}: {defect}).",
        where=str(run.log_path),
        fix="Report it with the end of this file. The last checkpoint is kept; resume goes on from it.",
    )
