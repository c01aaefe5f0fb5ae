"""What only a person can say about labels: which column they are, or which of two choices is meant."""

from collections.abc import Sequence

from seqdl_core.data.choices import BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.data.inference import Assembled
from seqdl_core.errors import DataError

__all__ = ["files_of", "negatives_alone", "refuse_unfit", "unclear"]


def refuse_unfit(rows: Assembled, choices: ImportChoices) -> None:
    """Raise DataError for a task and a place of the labels that a person chose and that cannot both be obeyed."""
    wanted, task = choices.label_column, choices.task
    said = ""
    if wanted == BY_FILE and task in ("multilabel", "regression"):
        said = f"One file a class gives each row one class, which the task {task} does not learn from."
    elif wanted == NO_LABELS and task in ("multiclass", "multilabel", "regression"):
        said = f"All rows are said to be positives, which the task {task} does not learn from."
    elif wanted and wanted != NO_LABELS and task == "unlabelled":
        said = f"The labels are said to be {wanted}, and the task is said to have none."
    if said:
        fix = "Take one of the two back: choose another task (`--task`), or another label column (`--label-column`)."
        raise DataError(said, where=files_of(rows), fix=fix)


def negatives_alone(rows: Assembled) -> DataError:
    """Files that by their names hold negatives, without any positives beside them."""
    count = len(rows.tables)
    return DataError(
        f"The name{'s' if count > 1 else ''} of the file{'s say' if count > 1 else ' says'} that these are negatives, "
        "and no column holds labels.",
        where=files_of(rows),
        fix=f"Add a file with the positives, or say that all are positives (`--label-column '{NO_LABELS}'`).",
    )


def unclear(rows: Assembled, suspects: Sequence[str], advice: str = "") -> DataError:
    """Several columns may be meant as labels, or none is found."""
    where = files_of(rows)
    fix = advice or f"Choose the label column (`--label-column`), or say that all are positives ('{NO_LABELS}')."
    if not suspects:
        return DataError("No column holds labels that could be learned.", where=where, fix=fix)
    return DataError(
        "It is not clear which column holds the labels"
        f"{'' if len(suspects) == 1 else f'; {len(suspects)} columns might'}: {', '.join(suspects[:6])}.",
        where=where,
        fix=fix,
    )


def files_of(rows: Assembled) -> str:
    """The names of the files, as the place of what concerns them all."""
    return ", ".join(dict.fromkeys(table.file.name for table in rows.tables))
