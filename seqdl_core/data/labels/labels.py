"""Which columns hold the labels, and what is to be learned from them.

A column is judged by its values first and by its name second. Where two readings are equally good, nothing is guessed:
a DataError asks for the column.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seqdl_core.data.choices import BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.data.dataset_info import TaskName
from seqdl_core.data.inference import Assembled
from seqdl_core.data.labels.along import STRUCTURE, columns_of_bins, paired_or_not, structures_of
from seqdl_core.data.labels.classes import class_of_files, file_classes, in_two
from seqdl_core.data.labels.column_kinds import column_kind
from seqdl_core.data.labels.hints import (
    begins_with_numbers,
    counts_molecules,
    rna_over_dna,
    runs_of_numbers,
    sums_up,
)
from seqdl_core.data.labels.questions import files_of, negatives_alone, refuse_unfit, unclear
from seqdl_core.data.labels.replicate_names import replicate_groups
from seqdl_core.data.labels.spelling import FEW_CLASSES, spelled_column
from seqdl_core.errors import DataError, UnknownName
from seqdl_core.sequences.columns import (
    means_fold,
    means_group,
    means_noise,
    means_number,
    means_residues,
    means_strand_copy,
    without_build,
)
from seqdl_core.sequences.vocabulary import (
    is_label_value,
    is_number,
    means_label,
    means_name,
    means_split,
    names_negatives,
    plain_name,
)

_PREFERRED = (
    "dms_score", "log_fitness", "fitness", "score", "mean_value", "rl", "mrl", "modfreq", "coefficient", "enrichment",
    "log2_enrichment", "log2fc", "lfc", "logfc", "log2foldchange", "logfoldchange",
)  # fmt: skip
_CLASS_WORDS = ("class", "category")
_FOLD_CHANGES = ("log2fc", "lfc", "logfc", "log2foldchange", "logfoldchange")
_EFFECT = re.compile(
    r"^(?P<what>.+)[_ .-](log2?_?(fc|fold_?change|enrichment|ratio)|lfc|l2fc|logfc|fitness|activity|expression|"
    r"enrichment|score|mean|signal|coverage|psi|ic50|kd|efficiency|efficacy|strength|tpm|\[[^\[\]]*\b(?:log|ln)[^\[\]]*\])$",
    re.IGNORECASE,
)
_EFFECT_BEFORE = re.compile(
    r"^(log2?_?fc|lfc|l2fc|fitness|score|activity|expression|enrichment|efficiency|growth)[_ .-](?P<what>.+)$",
    re.IGNORECASE,
)
_ASIDE = ("residues", "structure", "strand", "orientation", "sense", "chrom", "chr", "chromosome", "validation")


@dataclass(frozen=True)
class Labels:
    """What is to be learned, and where that stands.

    Attributes:
        task: what is to be learned.
        columns: the columns with the labels; empty for BY_FILE and NO_LABELS.
        written: per column the labels of all rows, numbers in one spelling and ``""`` where missing. One file a class
            and no labels count as one column.
        place: ``column``, ``(file)`` for one file a class, ``(none)`` where nothing tells labels.
        why: what spoke for these columns.
        positive: the label that counts as 1, where names of files tell it.
    """

    task: TaskName
    columns: tuple[str, ...]
    written: tuple[tuple[str, ...], ...]
    place: str = "column"
    why: str = ""
    positive: str = ""

    @property
    def column(self) -> str:
        """What ImportChoices.label_column would say."""
        return self.place if self.place in (BY_FILE, NO_LABELS) else ";".join(self.columns)

    @property
    def values(self) -> tuple[str, ...]:
        """The labels of each row as one text."""
        if len(self.written) == 1:
            return self.written[0]
        return tuple("; ".join(row) for row in zip(*self.written, strict=True))

    @property
    def distinct(self) -> tuple[str, ...]:
        """The different labels of the first column, in the order they appear."""
        return tuple(dict.fromkeys(value for value in self.written[0] if value)) if self.written else ()


@dataclass(frozen=True)
class Known:
    """What the builders of rows know about their labels, so that nothing has to be inferred.

    ``silent``: rows where nothing tells labels are not asked about; ``certain``: nor are columns that might be labels.
    """

    columns: tuple[str, ...] = ()
    task: str = ""
    silent: bool = False
    certain: bool = False


NOTHING = Known()


def infer_labels(rows: Assembled, choices: ImportChoices, taken: Sequence[str], known: Known = NOTHING) -> Labels:
    """Find the labels. ``taken`` are columns that serve something else.

    Raises:
        UnknownName: the chosen column does not exist.
        DataError: several columns may be meant as labels, or none can be told.
    """
    wanted = choices.label_column
    refuse_unfit(rows, choices)
    if (choices.task == "unlabelled" or (known.task == "unlabelled" and choices.task == "auto")) and not wanted:
        return Labels("unlabelled", (), (("",) * len(rows),), NO_LABELS)
    asks_residues = choices.task == "residues" or (known.task == "residues" and choices.task == "auto" and not wanted)
    if asks_residues:
        return _residues(rows, wanted)
    if choices.task == "tracks":
        tracks = known.columns if known.columns and not wanted else columns_of_bins(rows, wanted)
        return Labels("tracks", tracks, tuple(tuple(rows.values(name)) for name in tracks), why="lists of numbers")
    if choices.task == "contacts":
        return _contacts(rows, wanted)
    if wanted and wanted not in (BY_FILE, NO_LABELS):
        return _judged(rows, _existing(rows, wanted), choices, "chosen")
    if wanted == NO_LABELS:
        task: TaskName = "unlabelled" if choices.task == "unlabelled" else "binary"
        value = "" if task == "unlabelled" else "1"
        return Labels(task, (), ((value,) * len(rows),), NO_LABELS)
    if wanted == BY_FILE:
        return by_file(rows, choices)
    if known.columns:
        return _judged(rows, known.columns, choices, "as the format says", known.task)
    columns = [str(column) for column in rows.cells.columns if column not in taken]
    if "residues" in _residue_columns(rows, columns) and not any(map(means_label, columns)):
        return _residues(rows, "")  # written below each sequence, whatever the headers say besides
    found, why = _most_likely(rows, columns, choices)
    if found:
        return _judged(rows, found, choices, why)
    if choices.task in ("auto", "binary", "multiclass") and file_classes(rows):
        return by_file(rows, choices)
    if _residue_columns(rows, columns):
        return _residues(rows, "")
    structures = structures_of(rows) if choices.task == "auto" and known.silent else None
    if structures:
        return _paired(structures)
    suspects = label_candidates(rows, taken)
    numbers = {column: column_kind(rows, column) for column in columns} if suspects else {}
    suspects += [c for group in _replicates(numbers) for c in group if c not in suspects]
    suspects = suspects or [c for c in label_candidates(rows, taken, 3) if counts_molecules(c)]
    if choices.task not in ("auto", "binary") or (suspects and not known.certain):
        raise unclear(rows, suspects, rna_over_dna(columns))
    _refuse_lost_numbers(rows, columns)
    if known.silent and choices.task == "auto" and choices.negatives not in ("shuffle", "genome"):
        return Labels("unlabelled", (), (("",) * len(rows),), NO_LABELS)
    if all(names_negatives(table.file.name) for table in rows.tables):
        raise negatives_alone(rows)
    return Labels("binary", (), (("1",) * len(rows),), NO_LABELS)


def _refuse_lost_numbers(rows: Assembled, columns: Sequence[str]) -> None:
    """No column of measurements is passed over where nothing else is a label."""
    where = files_of(rows)
    for column in (str(name) for name in rows.cells.columns):
        values = rows.values(column)
        if runs_of_numbers(values, rows.sequences):
            raise DataError(
                f"The column {column} holds a number for each letter of the sequences, and nothing says that they are "
                "counts.",
                where=where,
                fix="Learn them as counts (`--task tracks`), go on without labels (`--task unlabelled`), or bring a "
                "column with one number or class a row.",
            )
        if column in columns and not _aside(column) and not means_noise(column) and column_kind(rows, column) == "text":
            row = begins_with_numbers(values)
            if row >= 0:
                raise DataError(
                    f"The column {column} holds numbers with something behind them, such as {values[row][:30]}, which "
                    "SeqDL cannot read as one number.",
                    where=rows.where(row),
                    fix="Bring numbers alone, all in one unit, or go on without labels (`--task unlabelled`).",
                )


def label_candidates(rows: Assembled, taken: Sequence[str], worst: int = 2) -> list[str]:
    """The columns a person may want as labels, the likeliest first; with ``worst`` 3 also counts, errors and places."""
    ranked = []
    for place, column in enumerate(str(name) for name in rows.cells.columns):
        kind = column_kind(rows, column)
        if column in taken or _aside(column) or kind in ("empty", "constant", "text"):
            continue
        named = means_name(column) or plain_name(column).endswith("_id")
        rank = 0 if means_label(column) else 3 if means_noise(column) or named else 1 if means_number(column) else 2
        ranked.append((rank, place, column))
    return [column for rank, _, column in sorted(ranked) if rank <= worst]


def by_file(rows: Assembled, choices: ImportChoices) -> Labels:
    """One file a class, as many as a chosen task makes.

    Raises:
        DataError: two classes are chosen, the files make more, and no chosen label says which count as 1.
    """
    found = class_of_files(rows, apart=choices.task == "multiclass")
    asked = choices.task == "binary" or (choices.task == "auto" and choices.positive_label)
    if asked and len(found.distinct) > 2:
        found = in_two(rows, found, choices.positive_label)
    task: TaskName = "binary" if len(found.distinct) <= 2 and choices.task != "multiclass" else "multiclass"
    written = tuple(found.names[number] for number in rows.table_of.tolist())
    return Labels(task, (), (written,), BY_FILE, "from file names", found.positive)


def _most_likely(rows: Assembled, columns: Sequence[str], choices: ImportChoices) -> tuple[tuple[str, ...], str]:
    """The columns that hold the labels, and why; nothing where that cannot be told."""
    kinds = {column: column_kind(rows, column) for column in columns if not _aside(column)}
    usable = {column: kind for column, kind in kinds.items() if kind not in ("empty", "constant", "text")}
    values = [c for c, kind in usable.items() if kind == "number" and not means_noise(c)]
    effects = [c for c in values if _EFFECT.match(c)] or [c for c in values if _EFFECT_BEFORE.match(c)]
    named = [column for column in usable if means_label(column)]
    exact = [column for column in named if column.strip().lower() in ("label", "labels", "target", "class")]
    binary = [c for c in named if usable[c] == "pair"]
    clear = [c for c in binary if plain_name(c) not in _CLASS_WORDS]
    scores = sorted((c for c, kind in usable.items() if kind == "number" and means_number(c)), key=_preference)
    best = [c for c in scores if _preference(c)[0] < len(_PREFERRED)] or scores
    numbered = [c for c in named if re.fullmatch(r".*\d", c)]
    changes = [c for c in scores if plain_name(c) in _FOLD_CHANGES]
    if len(changes) == 1 and changes[0] not in effects and not named:  # beside the means that it was computed from
        return (changes[0],), "named so"
    if len(effects) > 1 and not clear and _alike(effects):
        return tuple(effects), "columns named alike, one for each measurement"
    if len(numbered) > 1 and len(numbered) == len(named):
        return tuple(numbered), "columns named alike"
    for found in (binary if len(binary) == 1 else [], exact, named):
        if found and scores and plain_name(found[0]) in _CLASS_WORDS:
            return (), ""  # a measurement, and classes that may be made from it
        if found:
            return (found[0],), "named so"
    constant = [c for c, kind in kinds.items() if kind == "constant" and means_label(c)]
    if constant and not scores:
        return (constant[0],), "named so"
    others = [c for c, kind in usable.items() if kind == "number" and c not in scores and not means_noise(c)]
    rivals = [c for c, kind in usable.items() if kind == "pair" and not means_noise(c) and not means_group(c)]
    rivals = [c for c in rivals if all(is_label_value(value) for value in set(spelled_column(rows, c)) - {""})]
    if best and best is scores and rivals:
        return (), ""  # a measurement, and yes or no beside it
    if best and best is scores and any(not sums_up(rows, best[0], group) for group in _replicates(usable)):
        return (), ""  # replicates of something else beside it
    if best and (best is not scores or (len(best) == 1 and len(others) < 2)):
        return (best[0],), "named so"
    pairs = [c for c, kind in usable.items() if kind == "pair" and not means_noise(c)]
    known = [c for c in pairs if all(is_label_value(value) for value in set(spelled_column(rows, c)) - {""})]
    numbers = [c for c, kind in usable.items() if kind == "number" and not means_noise(c)]
    if len(known) > 2 and not numbers:
        return tuple(known), "columns of 0 and 1"
    if len(pairs) + len(numbers) == 1:
        [only] = [*pairs, *numbers]
        return (only,), "the only column with two values" if pairs else "the only column of numbers"
    if len(known) == 1 and not numbers:
        return (known[0],), "the only column of 0 and 1"
    several = [c for c, kind in usable.items() if kind == "several"]
    if len(several) == 1 and not pairs and not numbers:
        return (several[0],), "the only column with several classes in a cell"
    rest = [c for c, kind in usable.items() if kind == "classes" and not means_noise(c)]
    if not pairs and not numbers and not several and not rest:
        measured = _replicates(usable)
        if len(measured) == 1:
            return measured[0], "replicates of one measurement, and nothing else to learn"
    plain = not any(table.header for table in rows.tables) or len(columns) == 1
    if len(rest) == 1 and not means_name(rest[0]) and not pairs and not numbers and not several and plain:
        return (rest[0],), "the only column with few different values"
    return (), ""


def _replicates(kinds: Mapping[str, str]) -> list[tuple[str, ...]]:
    return replicate_groups([column for column, kind in kinds.items() if kind == "number"])


def _judged(
    rows: Assembled, columns: Sequence[str], choices: ImportChoices, why: str, known: str = ""
) -> Labels:  # fmt: skip
    """The task that the columns' values make, unless the person or the format says another."""
    written = tuple(spelled_column(rows, column) for column in columns)
    kinds = [column_kind(rows, column) for column in columns]
    chosen = choices.task if choices.task != "auto" else known
    if chosen in ("binary", "multiclass", "multilabel", "regression"):
        task: TaskName = chosen  # type: ignore[assignment]
    elif len(columns) > 1:
        task = "multilabel" if all(kind in ("pair", "constant") for kind in kinds) else "regression"
    elif kinds[0] == "text":
        distinct = {value for value in written[0] if value}
        task = "multiclass" if len(distinct) <= FEW_CLASSES else "regression"
    else:
        task = {"classes": "multiclass", "several": "multilabel", "number": "regression"}.get(kinds[0], "binary")  # type: ignore[assignment]
    if task == "multiclass" and choices.task == "auto" and choices.positive_label:
        task = "binary"  # who names the positives means two classes
    if task == "regression":
        _refuse_words(rows, columns, written)
    return Labels(task, tuple(columns), written, why=why)


def _refuse_words(rows: Assembled, columns: Sequence[str], written: Sequence[Sequence[str]]) -> None:
    for column, values in zip(columns, written, strict=True):
        filled = [value for value in values if value]
        if sum(map(is_number, filled)) * 2 < len(filled) or not filled:
            raise DataError(
                f"The column {column} holds {'words' if filled else 'nothing'}, not numbers or a few classes.",
                where=rows.where(0),
                fix="Choose another label column (`--label-column`).",
            )


def _residues(rows: Assembled, column: str) -> Labels:
    said = [str(name) for name in rows.cells.columns if name == "residues" or means_residues(str(name))]
    wanted = column or (said[0] if said else "residues")
    structures = structures_of(rows) if wanted == STRUCTURE or wanted not in rows.cells.columns else None
    if structures and (not column or wanted == STRUCTURE):
        return _paired(structures)
    if not column and wanted not in rows.cells.columns:
        raise DataError(
            "Nothing gives each letter of the sequences a class.",
            where=files_of(rows),
            fix="Bring a file or a column with one letter for each letter of a sequence, or choose another task "
            "(`--task`).",
        )
    if wanted not in rows.cells.columns:
        raise UnknownName("column", wanted, rows.cells.columns)
    written = tuple(rows.values(wanted))
    return Labels("residues", (wanted,), (written,), why="one letter for each letter of the sequence")


def _paired(structures: Sequence[str]) -> Labels:
    return Labels("residues", (STRUCTURE,), (tuple(paired_or_not(structures)),), why="a sign for each letter")


def _contacts(rows: Assembled, column: str) -> Labels:
    if column not in ("", STRUCTURE) or STRUCTURE not in rows.cells.columns:
        raise DataError(
            f"The column {column} is none with structures." if column else "Nothing tells which positions pair.",
            where=files_of(rows),
            fix="Bring structures of RNA: FASTA with a dot-bracket line, CT, BPSEQ or a table with a column structure; "
            "or choose another task (`--task`).",
        )
    return Labels("contacts", (STRUCTURE,), (tuple(rows.values(STRUCTURE)),), why="a structure for each sequence")


def _residue_columns(rows: Assembled, columns: Sequence[str]) -> list[str]:
    """Columns named so, with as many letters as the sequence beside them."""
    found = []
    for column in (name for name in columns if name == "residues" or means_residues(name)):
        pairs = zip(rows.values(column), rows.sequences, strict=True)
        if all(len(letters) in (0, len(sequence)) for letters, sequence in pairs) and any(rows.values(column)):
            found.append(column)
    return found


def _existing(rows: Assembled, wanted: str) -> tuple[str, ...]:
    columns = (wanted,) if wanted in rows.cells.columns else tuple(part.strip() for part in wanted.split(";"))
    for column in columns:
        if column not in rows.cells.columns:
            raise UnknownName("column", column, rows.cells.columns)
    return columns


def _alike(columns: Sequence[str]) -> bool:
    """Whether names differ only before their last words or behind their first: ``Dev_log2``, ``score_AMP``."""
    ends = {column[match.end("what") :].lower() for column in columns if (match := _EFFECT.match(column))}
    begins = {match[1].lower() for column in columns if (match := _EFFECT_BEFORE.match(column))}
    return len(ends) == 1 if ends else len(begins) == 1


def _preference(column: str) -> tuple[int, str]:
    """The likeliest name of a measurement first."""
    plain = plain_name(column)
    return (_PREFERRED.index(plain) if plain in _PREFERRED else len(_PREFERRED)), column


def _aside(column: str) -> bool:
    return (
        means_split(column)
        or means_fold(column)
        or means_strand_copy(column)
        or without_build(plain_name(column)) in _ASIDE
    )
