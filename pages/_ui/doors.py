"""The doors from the pages to the core: the only ``st.cache_*``. What is made of people's things is keyed by the owner;
what depends on its arguments alone (a logo, a network that is not trained, JASPAR's names) is shared.

What the core refuses comes out here as an error in three parts. The core's slow imports (torch) happen when a door
that needs them is opened for the first time.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from pages._ui import storage, words
from pages._ui.epochs import EpochTail
from pages._ui.readings import Probability, Reading, Value, class_names, measured_name
from seqdl_core.config import Config
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.text import decimals, markdown
from seqdl_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from seqdl_core.config import Config
    from seqdl_core.data.dataset import Dataset, DatasetInfo
    from seqdl_core.data.importing import Inspection
    from seqdl_core.evaluation.choosing import Choice, ValueChoice
    from seqdl_core.evaluation.judge import Judgement
    from seqdl_core.interpretation.methods import Method
    from seqdl_core.model_file import Model
    from seqdl_core.models import Architecture
    from seqdl_core.sequences.alphabets import Alphabet
    from seqdl_core.training.callbacks import EpochReport
    from seqdl_core.variants.bench import SequenceView


def show_error(problem: SeqDLError) -> None:
    """What happened, where, and what to do, each letter of it as text."""
    show_parts(problem.parts())


def show_parts(parts: Mapping[str, str]) -> None:
    """The same from the three parts, as a run folder keeps them."""
    where, fix = markdown(parts.get("where", "")), markdown(words.without_flags(parts.get("fix", "")))
    body = "  \n".join(part for part in (f"**{where}**" if where else "", fix) if part)
    st.error(body or " ", title=markdown(parts.get("what", "")), icon=":material/error:")


@contextmanager
def open_door(stop: bool = True) -> Iterator[None]:
    """What the core refuses inside becomes an error on the page, which ends there unless told to go on."""
    try:
        yield
    except SeqDLError as problem:
        show_error(problem)
        if stop:
            st.stop()


@st.cache_resource(show_spinner=False)
def warm_up() -> bool:
    """Load what most pages need (torch and all that uses it), once, after the first page is drawn."""
    import seqdl_core.anatomy
    import seqdl_core.interpretation.reports
    import seqdl_core.runs.fitting
    import seqdl_core.variants.bench

    return bool(seqdl_core.anatomy and seqdl_core.runs and seqdl_core.interpretation and seqdl_core.variants)


@st.cache_resource(max_entries=4, show_spinner="Reading the files")
def inspection(owner: str, ids: tuple[str, ...], choices: tuple[tuple[str, str], ...]) -> "Inspection":
    """What is in the uploads, under these corrections."""
    from seqdl_core.config import parse
    from seqdl_core.data.importing import ImportChoices, inspect

    files = storage.uploads(owner, ids)
    return inspect(
        [file.path for file in files],
        parse(ImportChoices, dict(choices)),
        names=[file.name for file in files],
        folders=storage.open_folders(),
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def recorded_inspection(owner: str, key: str, _record: Mapping[str, Any]) -> "Inspection":
    """The same as a process beside this one told it, by the key of its job."""
    from seqdl_core.data.inspection_record import from_record

    return from_record(_record)


# Data sets and runs


def dataset(owner: str, dataset_id: str) -> "Dataset":
    """One data set; it never changes, so it is read and checked once. It may have been deleted since."""
    storage.store().folder_of(owner, "datasets", dataset_id)
    return _dataset(owner, dataset_id)


@st.cache_resource(max_entries=8, show_spinner=False)
def _dataset(owner: str, dataset_id: str) -> "Dataset":
    return storage.store().dataset(owner, dataset_id)


def dataset_of(owner: str, found: RunFolder) -> "Dataset":
    """The data set that a run was trained on, as its task means it."""
    return _dataset_at(owner, found.data, found.spec.task)


@st.cache_resource(max_entries=8, show_spinner=False)
def _dataset_at(owner: str, folder: Path, task: str) -> "Dataset":
    from seqdl_core.data.dataset import Dataset
    from seqdl_core.runs.ordering import learned_as

    return learned_as(Dataset.open(folder), task) if task else Dataset.open(folder)


# Networks


def every_architecture() -> "list[Architecture]":
    """The networks that come with SeqDL, whatever they learn from."""
    from seqdl_core.models import ARCHITECTURES

    return list(ARCHITECTURES)


def architectures(task: str, alphabet: str) -> "list[Architecture]":
    """The architectures that can learn this task on this alphabet, the recommended one first.

    For hidden letters that is the latest one that was made for them, where there is one.
    """
    from seqdl_core.models import ARCHITECTURES
    from seqdl_core.own_networks import own_architectures

    fitting = [one for one in (*ARCHITECTURES, *own_architectures()) if task in one.tasks and alphabet in one.alphabets]
    made = [one for one in fitting if one.tasks[0] == task == "masked"]
    if made:
        best = max(made, key=lambda one: one.year or 0)
        fitting = [replace(one, recommended=one is best) for one in fitting]
    return sorted(fitting, key=lambda one: (not one.recommended, one.year or 0, one.name))


def architecture(name: str) -> "Architecture":
    """One architecture by its name."""
    from seqdl_core.own_networks import architecture_named

    return architecture_named(name)


# Tasks


def outputs_of(info: "DatasetInfo") -> int:
    """How many scores a network for this data gives a sequence."""
    from seqdl_core.runs import parts

    return parts.outputs_of(info)


def one_score(info: "DatasetInfo") -> bool:
    """Whether a network for this data gives one score a sequence, which letters can be held against."""
    from seqdl_core.tasks import TASKS

    return outputs_of(info) == 1 and TASKS.get(info.task).output == "sequence"


def idle_settings(config: "type[Config]", values: Mapping[str, Any], info: "DatasetInfo") -> frozenset[str]:
    """The settings that do nothing for this data beside these values."""
    from seqdl_core.config import idle_settings
    from seqdl_core.tasks import TASKS, facts_of

    return idle_settings(config, values, facts_of(TASKS.get(info.task), info.letters))


def choices(info: "DatasetInfo") -> "tuple[Choice | ValueChoice, ...]":
    """The ways to choose held-out sequences to look at."""
    from seqdl_core.evaluation.choosing import CHOICES, VALUE_CHOICES

    return VALUE_CHOICES if info.task == "regression" else CHOICES


@st.cache_data(max_entries=1, show_spinner=False)
def jaspar_names() -> dict[str, str]:
    """JASPAR's vertebrate motifs for a select box: id to name and id."""
    from seqdl_core.sequences.motifs import jaspar_collection

    motifs = sorted(jaspar_collection(), key=lambda motif: (motif.name.upper(), motif.id))
    return {motif.id: f"{motif.name}, {motif.id}" for motif in motifs}


# Results


def epochs(owner: str, found: RunFolder) -> "list[EpochReport]":
    """The epochs of a run so far; asking again reads only what was written since."""
    return _epoch_tail(owner, found.path).epochs()


@st.cache_resource(max_entries=64, show_spinner=False)
def _epoch_tail(owner: str, folder: Path) -> EpochTail:
    return EpochTail(folder / "metrics.jsonl")


def written(place: Any) -> int:
    """When a file was written, to know it again; 0 where it is not there."""
    return place.stat().st_mtime_ns if place.exists() else 0


def judgement(owner: str, found: RunFolder) -> "Judgement | None":
    """What was measured on the test part; None until it is there. Raises DataError where the file is damaged."""
    stamp = written(found.evaluation_path)
    return _judgement(owner, found.id, stamp) if stamp else None


def is_judged(owner: str, run_id: str) -> bool:
    """Whether a run has its figures on the test part."""
    return storage.run(owner, run_id).evaluation_path.exists()


@st.cache_resource(max_entries=16, show_spinner=False)
def _judgement(owner: str, run_id: str, stamp: int) -> "Judgement | None":
    from seqdl_core.runs.results import judgement_of

    return judgement_of(storage.run(owner, run_id))


def has_model(found: RunFolder) -> bool:
    """Whether there is a model file to ask."""
    return found.model_path.exists()


def model(owner: str, found: RunFolder) -> "Model":
    """The trained model; the two used last stay in memory."""
    return _model(owner, found.id, written(found.model_path))


@st.cache_resource(max_entries=2, show_spinner="Loading the model")
def _model(owner: str, run_id: str, stamp: int) -> "Model":
    from seqdl_core.runs.trained import require_own
    from seqdl_core.sizing import load_to_score

    found = storage.run(owner, run_id)
    loaded = load_to_score(found.model_path)
    require_own(found, loaded.card)
    return loaded


def held_out(owner: str, found: RunFolder) -> pd.DataFrame:
    """The test rows with what the model answers: a probability, or a value in its unit, as ``answer``."""
    return _held_out(owner, found.id, written(found.model_path))


@st.cache_data(max_entries=4, show_spinner="Asking the model about the held-out sequences")
def _held_out(owner: str, run_id: str, stamp: int) -> pd.DataFrame:
    from seqdl_core.variants.bench import probabilities

    found = storage.run(owner, run_id)
    rows = dataset_of(owner, found).rows("test")
    return rows.assign(answer=probabilities(_model(owner, run_id, stamp), rows["sequence"].tolist()))


def sequence_view(owner: str, found: RunFolder, sequence: str) -> "SequenceView":
    """The score of a sequence and what every change of a letter would do."""
    return _sequence_view(owner, found.id, written(found.model_path), sequence)


@st.cache_data(max_entries=64, show_spinner=False)
def _sequence_view(owner: str, run_id: str, stamp: int, sequence: str) -> "SequenceView":
    from seqdl_core.variants.bench import view

    return view(_model(owner, run_id, stamp), sequence)


def step_answers(owner: str, found: RunFolder, sequences: Sequence[str]) -> list[float]:
    """What the model answers to each state of an edited sequence."""
    return _step_answers(owner, found.id, written(found.model_path), tuple(sequences))


@st.cache_data(max_entries=64, show_spinner=False)
def _step_answers(owner: str, run_id: str, stamp: int, sequences: tuple[str, ...]) -> list[float]:
    from seqdl_core.variants.bench import probabilities

    return probabilities(_model(owner, run_id, stamp), sequences)


def reading(owner: str, found: RunFolder) -> Reading:
    """How the answers of a run's model read; it has one output."""
    info = dataset_of(owner, found).info
    if info.task != "regression":
        return Probability(class_names(info.label_names), model(owner, found).task.raw_unit)
    rows = held_out(owner, found)
    ends = float(rows["answer"].min()), float(rows["answer"].max())
    return Value(measured_name(info.targets), decimals(float(rows["label"].std())), ends)


def read_sequence(text: str, alphabet: "Alphabet") -> str:
    """A sequence that a person typed, in upper case and without spaces; raises what is wrong with it."""
    sequence = "".join(text.split()).upper()
    alphabet.encode(sequence)
    return sequence


def methods() -> "dict[str, Method]":
    """The attribution methods by name."""
    from seqdl_core.interpretation.methods import METHODS

    return {method.name: method for method in METHODS}


@dataclass(frozen=True)
class Attributed:
    """Held-out sequences with a value for each of their letters."""

    title: str
    letters: str
    unit: str
    digits: int
    rows: tuple[int, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]
    sequences: tuple[str, ...]
    values: tuple[list[float], ...]


def attributed(owner: str, found: RunFolder, method: str, choice: "Choice | ValueChoice", count: int) -> Attributed:
    """Choose held-out sequences and ask which of their letters matter."""
    return _attributed(owner, found.id, written(found.model_path), method, choice, count)


@st.cache_data(max_entries=24, show_spinner=False)
def _attributed(
    owner: str, run_id: str, stamp: int, method: str, choice: "Choice | ValueChoice", count: int
) -> Attributed:
    from seqdl_core.evaluation import choosing
    from seqdl_core.interpretation.methods import observed, zero_sum
    from seqdl_core.sequences.alphabets import encode_all

    asked, table = _model(owner, run_id, stamp), _held_out(owner, run_id, stamp)
    told = reading(owner, storage.run(owner, run_id))
    choose = choosing.choose_by_value if asked.card.task == "regression" else choosing.choose_rows
    chosen = choose(choice, table["label"].to_numpy(), table["answer"].to_numpy(), count)  # type: ignore[arg-type]
    rows = table.iloc[chosen]
    sequences = rows["sequence"].tolist()
    codes = encode_all(sequences, asked.alphabet, asked.card.length)
    way = methods()[method]
    values = observed(zero_sum(way.attribute(asked, codes, way.config())), codes)
    return Attributed(
        title=f"{way.title}, {storage.run(owner, run_id).spec.name}",
        letters=asked.alphabet.letters,
        unit=told.unit,
        digits=told.digits,
        rows=tuple(int(row) for row in chosen),
        names=tuple(rows["id"]),
        notes=tuple(told.note(*pair) for pair in zip(rows["label"], rows["answer"], strict=True)),
        sequences=tuple(sequences),
        values=tuple(line[: len(sequence)].tolist() for line, sequence in zip(values, sequences, strict=True)),
    )  # fmt: skip


def row_to_edit(owner: str, found: RunFolder) -> int:
    """The held-out sequence that the bench begins with."""
    from seqdl_core.evaluation import choosing

    table = held_out(owner, found)
    labels, answers = table["label"].to_numpy(), table["answer"].to_numpy()
    if dataset_of(owner, found).info.task == "regression":
        return int(choosing.choose_by_value("highest", labels, answers, 1)[0])
    return choosing.row_to_edit(labels, answers)
