"""Tables as pages show them: rows from core objects, text from people escaped where Markdown is read."""

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from pages._ui import doors, verdicts, words
from seqdl_core import own_networks
from seqdl_core.data.spreadsheet import cell
from seqdl_core.errors import SeqDLError
from seqdl_core.evaluation.wording import metric_title
from seqdl_core.figures.text import count, one_line, percent
from seqdl_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from seqdl_core.data.importing import FilePreview
    from seqdl_core.evaluation.judge import Judgement


_MOST_DIFFERENCES = 3


def judged(owner: str, run: RunFolder) -> "Judgement | None":
    """A run's judgement for a table; a damaged one counts as none, its own page says why."""
    try:
        return doors.judgement(owner, run)
    except SeqDLError:
        return None


def recent_runs(owner: str, runs: list[RunFolder]) -> pd.DataFrame:
    """The newest runs; the cells of ``st.dataframe`` read no Markdown."""
    rows = []
    tested, mixed = _metrics(owner, runs)
    for run in runs:
        spec, status = run.spec, run.status()
        judgement = judged(owner, run)
        rows.append(
            {
                "Run": one_line(spec.name, 46),
                "Architecture": own_networks.title(spec.architecture),
                "State": [status.state],
                tested: verdicts.on_test(judgement, named=mixed) or "–",
                "Against the best baseline": verdicts.against_best(judgement) or words.epoch_line(status),
                "Time": words.took(status) or "–",
                "When": words.ago(spec.created),
            }
        )
    return pd.DataFrame(rows)


def run_table(owner: str, runs: list[RunFolder]) -> pd.DataFrame:
    """All runs for ``st.dataframe``; its cells read no Markdown."""
    differing = differing_settings(runs)
    tested, mixed = _metrics(owner, runs)
    rows = []
    for run, differs in zip(runs, differing, strict=True):
        spec, status = run.spec, run.status()
        best = words.best_epoch(doors.epochs(owner, run))
        rows.append(
            {
                "Run": one_line(spec.name, 60),
                "Architecture": own_networks.title(spec.architecture),
                "State": [status.state],
                "Validation": verdicts.validation_score(best, named=mixed),
                tested: verdicts.on_test(judged(owner, run), named=mixed) or "–",
                "What differs": differs,
                "Epochs": f"{status.epoch} / {status.epochs or spec.training.get('epochs', '–')}",
                "Time": words.took(status) or "–",
                "Tags": ", ".join(one_line(tag, 30) for tag in tags_of(run)),
            }
        )
    table = pd.DataFrame(rows)
    return table if rows and any(table["Tags"]) else table.drop(columns="Tags", errors="ignore")


def tags_of(run: RunFolder) -> tuple[str, ...]:
    """A run's tags for a table; damaged notes count as none, its own page says why."""
    try:
        return run.notes().tags
    except SeqDLError:
        return ()


def side_by_side(owner: str, runs: list[RunFolder]) -> pd.DataFrame:
    """Runs in columns; in rows how they went, and each setting that is not the same in all of them."""
    tested, mixed = _metrics(owner, runs)
    columns: dict[str, dict[str, str]] = {}
    for run in runs:
        spec, status = run.spec, run.status()
        best = words.best_epoch(doors.epochs(owner, run))
        settings = {"data set": spec.data_hash[:8], "architecture": own_networks.title(spec.architecture)}
        settings |= {name: f"{value}" for name, value in (spec.architecture_config | spec.training).items()}
        settings |= {"known motif": spec.jaspar or "–", "fold": f"{spec.fold}" if spec.fold else "–"}
        name = one_line(spec.name, 40)
        columns[name if name not in columns else f"{name}, {run.id[-8:]}"] = {
            "State": status.state,
            "Validation": verdicts.validation_score(best, named=mixed),
            tested: verdicts.on_test(judged(owner, run), named=mixed) or "–",
            "Best epoch": f"{best.epoch} of {status.epochs}" if best else "–",
            "Time": words.took(status) or "–",
            "Sequences per second": count(status.sequences_per_second) if status.sequences_per_second else "–",
            **settings,
        }
    kept = {"State", "Validation", tested, "Best epoch", "Time", "Sequences per second"}
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    table = pd.DataFrame(
        {"": [row.replace("_", " ") for row in rows]}
        | {name: [column.get(row, "–") for row in rows] for name, column in columns.items()}
    )
    differs = [row in kept or table.iloc[place, 1:].nunique() > 1 for place, row in enumerate(rows)]
    return table[differs].reset_index(drop=True)


def _metrics(owner: str, runs: list[RunFolder]) -> tuple[str, bool]:
    """The title of the column of test scores, and whether its runs are scored by different metrics."""
    found = {_metric(owner, run) for run in runs} - {""}
    return (f"Test {metric_title(found.pop())}", False) if len(found) == 1 else ("Test score", len(found) > 1)


def _metric(owner: str, run: RunFolder) -> str:
    """What a run is scored by; "" where neither a judgement nor an epoch tells."""
    judgement, epochs = judged(owner, run), doors.epochs(owner, run)
    return judgement.headline if judgement else epochs[-1].metric_name if epochs else ""


def differing_settings(runs: list[RunFolder]) -> list[str]:
    """For each run the settings that differ from other runs: of its architecture, and of all runs' training."""
    specs = [run.spec for run in runs]
    told = []
    for spec in specs:
        alike = [other.architecture_config for other in specs if other.architecture == spec.architecture]
        own = _unlike(spec.architecture_config, alike) | _unlike(spec.training, [other.training for other in specs])
        own |= {"fold": spec.fold} if spec.fold else {}
        words_of = [f"{name.replace('_', ' ')} {value}" for name, value in own.items()]
        more = f" and {len(words_of) - _MOST_DIFFERENCES} more" if len(words_of) > _MOST_DIFFERENCES else ""
        told.append(", ".join(words_of[:_MOST_DIFFERENCES]) + more)
    return told


def _unlike(own: dict[str, Any], everyone: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in own.items() if any(other.get(name) != value for other in everyone)}


def preview(file: "FilePreview", *, gc: bool = True) -> pd.DataFrame:
    """The first rows of a file; control characters out, the rest as it is, because cells read no Markdown.

    Args:
        gc: whether to show the share of G and C.
    """
    head = file.head.head(8).copy()
    for column in ("id", "sequence", "label"):
        head[column] = [one_line(value) for value in head[column]]
    head["gc"] = [percent(value) for value in head["gc"]]
    return head[["id", "sequence", *(["gc"] if gc else []), "label"]]


def preview_columns(file: "FilePreview") -> dict[str, Any]:
    """Titles as the file has them."""
    name, sequence, label = file.titles
    return {
        "id": st.column_config.TextColumn(one_line(name, 30) or "Name", width=160),
        "sequence": st.column_config.TextColumn(one_line(sequence, 30) or "Sequence", width=540),
        "label": st.column_config.TextColumn(one_line(label, 30) or "Label", width=100, alignment="right"),
        "gc": st.column_config.TextColumn("GC", width=70, alignment="right"),
    }


def comparison(judgement: "Judgement") -> pd.DataFrame:
    """Every metric of the model and of each baseline with its interval; for the page and for CSV."""
    rows = []
    for name, measured in {"model": judgement.metrics, **judgement.baselines}.items():
        row: dict[str, object] = {"Model": cell(judgement.titles[name])}
        for metric, value in measured.items():
            for part, number in (("", value.value), (" low", value.low), (" high", value.high)):
                row[f"{metric_title(metric)}{part}"] = None if number is None else float(f"{number:.6g}")
        rows.append(row)
    return pd.DataFrame(rows)
