"""How states, runs and data sets read on a page: short text, ready for Markdown, with people's words escaped."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pages._ui.readings import class_names, measured_name
from seqdl_core.evaluation.wording import metric_within
from seqdl_core.figures.text import (
    count,
    duration,
    duration_range,
    markdown,
    percent,
    plural,
    score,
    size,
    small,
)
from seqdl_core.own_networks import title
from seqdl_core.runs.folder import RunFolder
from seqdl_core.runs.records import RunStatus, seconds_since
from seqdl_core.sequences.alphabets import DNA, alphabet_named

if TYPE_CHECKING:
    from seqdl_core.data.dataset import DatasetInfo
    from seqdl_core.interpretation.reports import FilterReport
    from seqdl_core.runs.line import Place
    from seqdl_core.sequences.alphabets import Alphabet
    from seqdl_core.sequences.motifs import Motif
    from seqdl_core.sequences.readers import NoticeRecord
    from seqdl_core.training.callbacks import EpochReport
    from seqdl_core.variants.sites import Site

STATES = {
    "prepared": ("gray", "edit_note"),
    "queued": ("gray", "schedule"),
    "running": ("violet", "progress_activity"),
    "finished": ("green", "check"),
    "stopped": ("orange", "stop_circle"),
    "failed": ("red", "error"),
    "interrupted": ("red", "power_off"),
}
"""Colour and icon of each state; the word is always written too."""

_SOON_SECONDS = 5.0
GOING = ("queued", "running")
RESUMABLE = ("stopped", "failed", "interrupted")


def ago(moment: str) -> str:
    """How long ago a time was: ``now``, ``12 min ago``, ``yesterday``, ``3 days ago``."""
    seconds = seconds_since(moment)
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 24 * 3600:
        return f"{seconds // 3600:.0f} h ago"
    days = seconds // (24 * 3600)
    return "yesterday" if days < 2 else f"{days:.0f} days ago"


def took(status: RunStatus) -> str:
    """How long a run took, or has left."""
    if status.state == "running":
        return f"{duration(status.seconds_left[1])} left" if status.seconds_left else ""
    if not status.started or not status.ended:
        return ""
    return duration(seconds_since(status.started) - seconds_since(status.ended))


def time_left(status: RunStatus) -> str:
    """``2 min left, between 1.6 and 2.4`` as an honest range; what else is going on where training is over."""
    if status.phase == "judging":
        return "Measuring it on the held-out sequences beside the baselines"
    if status.phase == "explaining":
        return "Matching its filters to JASPAR; the verdict is ready"
    if status.seconds_left is None:
        return "Time left is known after the first steps"
    low, middle, high = status.seconds_left
    return f"{duration(middle)} left, between {duration_range(low, high)}"


def data_line(info: "DatasetInfo") -> str:
    """``binary labels on 101 bp DNA, 5,084 sequences and their shuffled copies``."""
    alphabet = alphabet_named(info.alphabet)
    number = sum(info.counts.values()) if info.task == "unlabelled" else info.counts.get("train", 0)
    copies = " and their shuffled copies" if info.negatives == "shuffle" else ""
    long = f"{count(info.length)} {alphabet.unit}"
    what = f"proteins of {long}" if alphabet.name == "protein" else f"{long} {alphabet.title}"
    over = f"{what}, {plural(number, 'sequence')}{copies}"
    return over if info.task == "unlabelled" else f"{task_words(info)} on {over}"


def task_words(info: "DatasetInfo") -> str:
    """What is asked of a network: ``regression of enrichment``, ``3 classes``."""
    if info.task == "regression":
        several = len(info.targets) > 1
        if several:
            return f"regression of {plural(len(info.targets), 'target')}"
        name = measured_name(info.targets)
        return f"regression of {'a measured value' if name == 'value' else markdown(name)}"
    if info.task == "multiclass":
        return plural(len(info.label_names), "class", "classes")
    if info.task == "multilabel":
        return plural(len(info.targets), "label")
    if info.task == "tracks":
        return f"values in bins of {plural(info.bin_width, 'letter')} of {plural(len(info.targets), 'track')}"
    return {
        "residues": "a class for each position", "masked": "hidden letters", "contacts": "pairs of positions",
    }.get(info.task, "binary labels")  # fmt: skip


def run_line(run: RunFolder, status: RunStatus) -> str:
    """``cnn, finished`` for the sidebar and for pickers."""
    epoch = f", epoch {status.epoch} of {status.epochs}" if status.state == "running" and status.epochs else ""
    return f"{title(run.spec.architecture)}, {status.state}{epoch}"


def several_outputs(info: "DatasetInfo", outputs: int) -> str:
    """Why a network of several outputs is not looked at letter by letter."""
    if info.task in ("residues", "masked", "tracks", "contacts"):
        return (
            f"This network learned {task_words(info)} and gives scores at each; letters and filters are explained for "
            "one score a sequence."
        )
    what = (
        f"tells {plural(outputs, 'class', 'classes')} apart" if info.task == "multiclass" else f"has {outputs} targets"
    )
    fix = (
        "Import two classes alone to see which letters tell them apart."
        if info.task == "multiclass"
        else "Import the data with one label column to see which letters it goes by."
    )
    return f"This network {what} and gives a score for each; letters and filters are explained for one score. {fix}"


def training_yardstick(info: "DatasetInfo") -> str:
    """What the training rows are."""
    if info.negatives == "shuffle":
        return "positives; negatives redrawn"
    return _rows_of(info, "train")


def test_yardstick(info: "DatasetInfo") -> str:
    """What the test rows are."""
    return _rows_of(info, "test")


def _rows_of(info: "DatasetInfo", part: str) -> str:
    if info.task == "binary":
        return plural(info.positives.get(part, 0), "positive")
    if info.task == "regression" and len(info.targets) == 1:
        return f"{markdown(measured_name(info.targets))} measured"
    return plural(len(info.targets), "target") if info.task == "regression" else task_words(info)


def notice(record: "NoticeRecord") -> str:
    """One thing that was changed, left out or assumed."""
    parts = [f"**{count(record.count)}**" if record.count else "", markdown(record.what)]
    rest = " ".join(markdown(part) for part in (record.where, record.fix) if part)
    return " ".join(part for part in parts if part) + (f"  \n:small[:gray[{rest}]]" if rest else "")


# Runs


def all_runs(number: int) -> str:
    """The link to the page of all runs."""
    return f"All {number} runs" if number > 1 else "Open the run"


def run_subtitle(info: "DatasetInfo", run: RunFolder) -> str:
    """``cnn on ELK1, 5,084 sequences and their shuffled copies``."""
    training = plural(info.counts.get("train", 0), "training sequence")
    copies = " and as many shuffled copies" if info.negatives == "shuffle" else ""
    return f"`{title(run.spec.architecture)}` on {markdown(info.name, 40)}, {training}{copies}"


def epoch_line(status: RunStatus) -> str:
    """``Epoch 11 of 20``, or what is going on instead."""
    if status.state == "queued":
        return "Waiting for its turn"
    if status.state == "running" and status.phase in ("judging", "explaining"):
        return {"judging": "Judging", "explaining": "Explaining"}[status.phase]
    if not status.epochs:
        return "Starting" if status.state == "running" else ""
    return f"Epoch {status.epoch} of {status.epochs}"


def doing(status: RunStatus, *, stopping: bool = False) -> str:
    """What the run does now and how long that takes; for a run that is over, why."""
    if stopping and status.state in GOING:
        return "Stopping; it writes a checkpoint and ends within 10 s"
    if status.state == "running":
        return time_left(status)
    if status.state == "finished":
        return f"Trained and judged in {took(status)}" if took(status) else "Trained and judged"
    return markdown(status.message)


_ORDINALS = ("", "next", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def turn(place: "Place") -> str:
    """``third in line, expected to start in about 12 min (between 8.0 and 20 min)``."""
    number = place.position
    line = f"{_ORDINALS[number] if number < len(_ORDINALS) else f'number {number:,}'} in line"
    if place.seconds is None:
        return f"{line}; when it starts cannot be told yet"
    low, middle, high = place.seconds
    if high < _SOON_SECONDS:
        return f"{line}, expected to start within seconds"
    if middle < _SOON_SECONDS:
        return f"{line}, expected to start within {duration(high)}"
    band = f" (between {duration_range(low, high)})" if duration(low) != duration(high) else ""
    return f"{line}, expected to start in about {duration(middle)}{band}"


def when(status: RunStatus, place: "Place | None") -> str:
    """When it started, or its place in the queue."""
    if place is not None:
        return turn(place)
    return f"started {ago(status.started)}" if status.started else ""


def closing(status: RunStatus) -> str:
    """What closing the page does."""
    if status.state == "queued":
        return "Waits outside this page: refresh or close it, nothing is lost. Cancel takes it out of the line."
    if status.state in GOING:
        return "Runs outside this page: refresh or close it, nothing is lost. Stop writes a checkpoint within 10 s."
    if status.state in RESUMABLE:
        return "Resume goes on from the last checkpoint."
    return "The model, its figures and what explains it are kept in the run folder."


def best_epoch(epochs: "Sequence[EpochReport]") -> "EpochReport | None":
    """The epoch with the best validation metric; None where it was defined in none."""
    known = [epoch for epoch in epochs if epoch.validation_metric == epoch.validation_metric]
    return max(known, key=lambda epoch: epoch.validation_metric, default=None)


def run_metrics(status: RunStatus, epochs: "Sequence[EpochReport]") -> list[tuple[str, str, str]]:
    """Four figures of a run as it goes."""
    metric = metric_within(epochs[-1].metric_name) if epochs else "score"
    best = best_epoch(epochs)
    last = epochs[-1] if epochs else None
    speed = count(status.sequences_per_second) if status.sequences_per_second else "–"
    validation = (score(best.validation_metric), f"best, epoch {best.epoch}") if best else ("–", "")
    loss = ("Validation loss", "–", "")
    if last:
        loss = ("Validation loss", score(last.validation_loss), f"training {score(last.train_loss)}")
    elif status.loss is not None:
        loss = ("Training loss", score(status.loss), "of the last step")
    return [
        (f"Validation {metric}", *validation),
        loss,
        ("Sequences per second", speed, f"{last.seconds:.1f} s an epoch" if last else ""),
        _memory(status),
    ]


def _memory(status: RunStatus) -> tuple[str, str, str]:
    """What training added, as Design foretells it, and all that the process took."""
    whole = f"{size(1e6 * status.memory_mb)} with SeqDL itself" if status.memory_mb else ""
    if status.training_mb:
        return "Memory while training", size(1e6 * status.training_mb), whole
    return "Memory", size(1e6 * status.memory_mb) if status.memory_mb else "–", "most at once, SeqDL itself counted"


# The bench


def row_number(text: str, rows: int) -> int | None:
    """A row from a page address; None where it is not one."""
    return int(text) if text.isdecimal() and len(text) <= len(str(rows)) and int(text) < rows else None


def site_line(site: "Site", edited: bool) -> str:
    """A motif's site: name, what became of it, where, and its p before and after."""
    colour = {"kept": "gray", "lost": "orange", "gained": "violet"}[site.status]
    p = small(site.p_before) if site.status == "kept" else f"{small(site.p_before)} → {small(site.p_after)}"
    name = f"**{markdown(site.motif.name)}**" + (f" :{colour}-badge[{site.status}]" if edited else "")
    strand = site.strand.replace("-", "−")
    return f"{name}  \n:small[:gray[{site.start + 1}–{site.end} ({strand}) · p {p}]]"


# Filters


def q_badge(report: "FilterReport") -> str:
    """The best match's q as a badge: green under 0.01, amber under 0.05, grey above and where there is none."""
    if not _is_dna(report):
        return ":gray-badge[not matched]"
    if not report.matches:
        return ":gray-badge[no match]"
    q = report.matches[0].q
    return f":{'green' if q < 0.01 else 'orange' if q < 0.05 else 'gray'}-badge[q = {small(q)}]"


def _is_dna(report: "FilterReport") -> bool:
    return report.motif is None or report.motif.letters == DNA.letters


def not_in_jaspar(alphabet: "Alphabet") -> str:
    """Why no known motif is looked for in such sequences; "" where they are."""
    if alphabet.double_stranded:
        return ""
    title = "proteins" if alphabet.name == "protein" else alphabet.title
    return f"JASPAR holds DNA motifs; none are looked for in {title}."


def filter_groups(info: "DatasetInfo") -> tuple[str, str]:
    """What the sequences are called among which filters fire seldom or often."""
    if info.task == "regression":
        return "the lower half", "the upper half"
    return ("negatives", "positives") if info.label_names == ("0", "1") else class_names(info.label_names)


def match_line(report: "FilterReport", groups: tuple[str, str]) -> str:
    """The best match, or for other than DNA the most frequent letters; and where the filter fires."""
    negative, positive = groups
    if report.motif is not None and not _is_dna(report):
        name = f"`{report.motif.consensus}`"
    elif report.matches:
        name = f"**{markdown(report.matches[0].name)}** :small[:gray[{markdown(report.matches[0].id)}]]"
    else:
        name = "**nothing in JASPAR**"
    shares = percent(report.fires_in_positives), percent(report.fires_in_negatives)
    fires = f"fires in {shares[0]} of {markdown(positive)}, {shares[1]} of {markdown(negative)}"
    return f"{name}  \n:small[:gray[{fires}]]"


def filters_sentence(reports: "Sequence[FilterReport]", alphabet: "Alphabet") -> str:
    """How many filters found sites, and how many of these are known."""
    told = [report for report in reports if report.motif is not None]
    known = [report for report in told if report.matches and report.matches[0].q < 0.01]
    if not_in_jaspar(alphabet):
        return f"{len(told)} of {plural(len(reports), 'filter')} found sites. {not_in_jaspar(alphabet)}"
    silent = f" {plural(len(reports) - len(told), 'filter')} found no site." if len(told) < len(reports) else ""
    return f"{len(known)} of {plural(len(reports), 'filter')} match a motif in JASPAR with q < 0.01.{silent}"


def no_filters(architecture: str) -> str:
    """Why a finished run has no filters to show."""
    return (
        f"`{title(architecture)}` has no filters that scan the letters, so there are no motifs to show. "
        "Which letters its score rests on is told under Sequences."
    )


def halves_line(info: "DatasetInfo") -> str:
    """What the halves of measured values are; "" for classes."""
    if info.task != "regression":
        return ""
    name = markdown(measured_name(info.targets))
    return f"Upper and lower half: held-out sequences over and under the median of the measured {name}."


def filters_shown(reports: "Sequence[FilterReport]", every: bool) -> "list[tuple[FilterReport, Motif]]":
    """The filters with a motif: the twelve most influential of their kind, or all."""
    told = [(report, report.motif) for report in reports if report.motif is not None]
    return told if every else [pair for pair in told if pair[0].same_as is None][:12]


def without_flags(advice: str) -> str:
    """Advice without the options of the command line that it names in brackets; the page has its own controls."""
    return re.sub(r" \(`--[^)]*\)", "", advice)


def half_trained(status: "RunStatus") -> str:
    """What to think of a model whose training was stopped."""
    return f"Half-trained: {status.epoch} of {status.epochs} epochs done, not judged. Resume the run to finish it."
