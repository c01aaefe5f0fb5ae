"""The rows of a data set from what an import decided: their columns, names, features and description."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool

from seqdl_core.data.dataset import label_columns
from seqdl_core.data.dataset_info import FEATURE_COLUMNS, FURTHER_COLUMNS, SPLITS, DatasetInfo, Source
from seqdl_core.data.inference import Assembled
from seqdl_core.data.joins.joining import Joined
from seqdl_core.data.labels.along import STRUCTURE, paired_or_not
from seqdl_core.data.labels.labels import Labels
from seqdl_core.data.labels.targets import Targets
from seqdl_core.data.parts.written import Parts, shuffled_copies
from seqdl_core.errors import DataError, SeqDLError
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.sequences.readers import NoticeRecord, notice
from seqdl_core.sequences.vocabulary import is_number

_SHUFFLED = "dinucleotide shuffle"
_NO_SHUFFLE = "with no other dinucleotide shuffle, used without a negative."
_FIXED_BY_READERS = ("structure", "residues", "mutant")
CHROMOSOMES = ("chrom", "chr", "chromosome")


def rows_of(
    rows: Assembled,
    ids: Sequence[str],
    sequences: Sequence[str],
    letters: Sequence[str],
    targets: Targets,
    parts: Parts,
    group: str,
    built_files: Collection[str],
) -> pd.DataFrame:
    """All rows with COLUMNS, one column a further target, and those of FURTHER_COLUMNS that are known.

    Args:
        letters: the sequences before they were cropped; what goes along with each letter is cropped alike.
        built_files: files whose rows were built, so that their columns mean what FURTHER_COLUMNS says.
    """
    sources = np.array([table.file.name for table in rows.tables], dtype=object)[rows.table_of]
    columns: dict[str, object] = {"id": list(ids), "sequence": list(sequences)}
    for place, name in enumerate(label_columns(targets.values.shape[1])):
        columns[name] = targets.values[:, place]
    columns |= {"split": parts.of_row, "source": sources}
    built = bool(built_files) and all(table.file.name in built_files for table in rows.tables)
    for name in FURTHER_COLUMNS:
        if name not in rows.cells.columns or not (built or name in _FIXED_BY_READERS):
            continue
        values = rows.values(name)
        if name in ("start", "end", "fold"):
            columns[name] = [float(value) if is_number(value) else np.nan for value in values]
        elif name in ("structure", "residues"):
            columns[name] = _cropped_alike(values, letters, sequences)
        else:
            columns[name] = values
    if targets.names and targets.names[0] in rows.cells.columns and "residues" not in columns and _is_residues(targets):
        written = rows.values(targets.names[0])
        written = paired_or_not(written) if targets.names[0] == STRUCTURE else written
        columns["residues"] = _cropped_alike(written, letters, sequences)
    if targets.bins:
        columns["bins"] = list(targets.bins)
    if group and "group" not in columns:
        columns["group"] = rows.values(group)
    place_column = next((str(c) for c in rows.cells.columns if str(c).strip().lower() in CHROMOSOMES), "")
    if place_column and "chromosome" not in columns:
        columns["chromosome"] = rows.values(place_column)
        if all(table.layout == "fasta" for table in rows.tables):  # the reader fixes how these count
            for name in ("start", "end"):
                if name in rows.cells.columns:
                    columns[name] = [float(value) if is_number(value) else np.nan for value in rows.values(name)]
            if "strand" in rows.cells.columns:
                columns["strand"] = rows.values("strand")
    if parts.fold_of_row is not None:
        columns["fold"] = parts.fold_of_row
    return pd.DataFrame(columns)


def cropped_places(
    table: pd.DataFrame, letters: Sequence[str], where: Callable[[int], str]
) -> tuple[pd.DataFrame, list[NoticeRecord]]:
    """``start`` and ``end`` of the letters that were kept, where sequences were cropped in their middle.

    On the minus strand the first letter is the last position. Coordinates that are not those of the letters, because
    they span another length, stay as they were and are counted.

    Args:
        letters: the sequences before they were cropped.
        where: words for the place of a row.
    """
    lengths, kept = (np.array([len(one) for one in those], np.int64) for those in (letters, table["sequence"]))
    cropped = kept < lengths
    if not cropped.any() or not {"start", "end"} <= set(table.columns):
        return table, []
    start, end = (table[name].to_numpy(np.float64, copy=True) for name in ("start", "end"))
    told = np.isfinite(start) & np.isfinite(end)
    fits = cropped & told & (end - start == lengths)
    before = (lengths - kept) // 2
    minus = (table["strand"] == "-").to_numpy(bool) if "strand" in table.columns else np.zeros(len(table), bool)
    before = np.where(minus, lengths - kept - before, before)
    start = np.where(fits, start + before, start)
    end = np.where(fits, start + kept, end)
    odd = np.flatnonzero(cropped & told & ~fits)
    notices = []
    if fits.any():
        rest = "whose start and end were moved to the letters that were kept."
        notices.append(notice(int(fits.sum()), "row", rest, where(int(fits.argmax()))))
    if odd.size:
        rest = "whose start and end span another length than the sequence had, left as they were."
        notices.append(notice(len(odd), "cropped row", rest, where(int(odd[0]))))
    return table.assign(start=start, end=end), notices


def repeated_rows(table: pd.DataFrame, labels: Sequence[str]) -> Bool[np.ndarray, " N"]:
    """Whether a row before has the same sequence, part and labels, those along the sequence too."""
    along = [column for column in ("residues", "structure") if column in table.columns]
    known = table[["sequence", *labels, "split", *along]]
    if "bins" in table.columns:
        known = known.assign(bins=[one.tobytes() for one in table["bins"]])
    return np.asarray(known.duplicated(), bool)


def cut_apart(rows: Assembled, sequences: Sequence[str], labels: Labels) -> list[SeqDLError]:
    """A problem where letters were taken away from sequences whose bins or pairs lie along all of them."""
    if labels.task not in ("tracks", "contacts"):
        return []
    pairs = enumerate(zip(rows.sequences, sequences, strict=True))
    cut = next((row for row, (before, after) in pairs if len(before) != len(after)), None)
    if cut is None:
        return []
    what = "bins" if labels.task == "tracks" else "pairs"
    return [
        DataError(
            f"The sequence would have {len(sequences[cut]):,} of its {len(rows.sequences[cut]):,} letters, and its "
            f"{what} lie along all of them.",
            where=rows.where(cut),
            fix="Keep all letters (`--lengths pad`), or choose one window for all intervals (`--window`).",
        )
    ]


def _is_residues(targets: Targets) -> bool:
    return bool(targets.label_names) and all(len(name) == 1 for name in targets.label_names) and bool(
        np.isnan(targets.values).all()
    )  # fmt: skip


def _cropped_alike(values: Sequence[str], letters: Sequence[str], sequences: Sequence[str]) -> list[str]:
    found = []
    for value, whole, kept in zip(values, letters, sequences, strict=True):
        first = (len(whole) - len(kept)) // 2
        found.append(value[first : first + len(kept)] if len(value) == len(whole) != len(kept) else value)
    return found


def unique_ids(rows: Assembled, name_columns: Sequence[str]) -> tuple[list[str], list[int], list[int]]:
    """A name for each row that no other row has; the rows told apart by a number, and those that had no name."""
    names = [""] * len(rows)
    missing: list[int] = []
    for number, (table, column) in enumerate(zip(rows.tables, name_columns, strict=True)):
        if not column:
            continue
        members = np.flatnonzero(rows.table_of == number)
        written = table.cells[column].to_numpy()[rows.row_of[members]].tolist()
        missing += [row for row, name in zip(members.tolist(), written, strict=True) if not name]
        for row, name in zip(members.tolist(), written, strict=True):
            names[row] = str(name)
    names = [name or f"row_{number}" for number, name in enumerate(names, 1)]
    seen: set[str] = set(names)
    used: set[str] = set()
    repeated: list[int] = []
    counts: dict[str, int] = {}
    for number, name in enumerate(names):
        if name in used:
            repeated.append(number)
            count = counts.get(name, 1) + 1
            while f"{name} ({count})" in seen:
                count += 1
            counts[name] = count
            names[number] = f"{name} ({count})"
            seen.add(names[number])
        used.add(name)
    return names, repeated, missing


def features_of(
    rows: Assembled, ids: Sequence[str], sequences: Sequence[str], letters: Sequence[str], kept: Collection[str]
) -> tuple[pd.DataFrame | None, list[NoticeRecord]]:
    """Annotated stretches of the rows, cut to the letters that were kept; None where there are none.

    Args:
        ids: of all rows; ``kept`` are those that the data set has.
        letters: the sequences before they were cropped.
    """
    if not any(table.features for table in rows.tables):
        return None, []
    place = {
        (table, row): number
        for number, (table, row) in enumerate(zip(rows.table_of.tolist(), rows.row_of.tolist(), strict=True))
    }
    found = []
    cut = gone = 0
    for number, table in enumerate(rows.tables):
        for one in table.features:
            row = place.get((number, one.row))
            if row is None or ids[row] not in kept:
                continue
            before, length = (len(letters[row]) - len(sequences[row])) // 2, len(sequences[row])
            start, end = max(0, one.start - before), min(length, one.end - before)
            if len(letters[row]) == length:
                start, end = one.start, one.end
            if start >= end and one.start < one.end:
                gone += 1
                continue
            cut += end - start < one.end - one.start
            found.append((ids[row], start, end, one.strand, one.kind, one.name))
    notices = [
        notice(cut, "feature", "cut where the sequences were cropped."),
        notice(gone, "feature", "outside the letters that were kept, left out."),
    ]
    kept_notices = [told for told in notices if told.count]
    return (pd.DataFrame(found, columns=list(FEATURE_COLUMNS)) if found else None), kept_notices


def with_held_out_negatives(
    table: pd.DataFrame, alphabet: Alphabet, seed: int
) -> tuple[pd.DataFrame, list[NoticeRecord]]:
    """Give test and validation rows that are positives only one fixed shuffle each; training redraws its own."""
    added = []
    notices: list[NoticeRecord] = []
    for part in ("validation", "test"):
        rows = table[table["split"] == part]
        if len(rows) and rows["label"].min() == 1:
            copies = shuffled_copies(rows["sequence"].tolist(), alphabet, seed)
            negatives = rows.assign(id=rows["id"] + "_shuffled", sequence=copies, label=0.0, source=_SHUFFLED)
            negatives = negatives[negatives["sequence"] != ""]
            added.append(negatives)
            rest = f"added to the {part} set as negatives (seed {seed})."
            notices.append(notice(len(negatives), "dinucleotide shuffle", rest, part=part))
            notices.append(notice(len(rows) - len(negatives), f"{part} sequence", _NO_SHUFFLE, part=part))
    training = table.loc[table["split"] == "train", "sequence"].tolist()
    rest = "without negatives; a dinucleotide shuffle of each serves as one and is redrawn every epoch."
    notices.append(notice(len(training), "training positive", rest, part="train"))
    unchanged = shuffled_copies(training, alphabet, seed).count("")
    notices.append(notice(unchanged, "training sequence", _NO_SHUFFLE, part="train"))
    whole = pd.concat([table, *added], ignore_index=True)
    if whole["id"].duplicated().any():
        taken = whole["id"].duplicated()
        whole.loc[taken, "id"] = [f"{name} ({number})" for number, name in enumerate(whole.loc[taken, "id"], 2)]
    return whole, [told for told in notices if told.count]


def sketch(alphabet: Alphabet, labels: Labels, targets: Targets) -> DatasetInfo:
    """What there is to know of a data set before its rows are split."""
    names = ("label",) if labels.task == "binary" else targets.names
    return DatasetInfo(
        name="import", alphabet=alphabet.name, directed=alphabet.directed, task=labels.task, length=1, targets=names,
        label_names=targets.label_names, counts={},
    )  # fmt: skip


def describe(
    table: pd.DataFrame,
    rows: Assembled,
    alphabet: Alphabet,
    labels: Labels,
    targets: Targets,
    parts: Parts,
    way: str,
    joined: Joined,
    notices: Sequence[NoticeRecord],
    shuffle: bool,
) -> DatasetInfo:
    """The description of the data set, without a name."""
    there = [part for part in SPLITS if (table["split"] == part).any()]
    binary = labels.task == "binary"
    positive = {part: int(((table["split"] == part) & (table["label"] == 1)).sum()) for part in there}
    counts = np.bincount(rows.table_of, minlength=len(rows.tables)).tolist()
    sources = [
        Source(name=t.file.name, sha256=t.file.sha256, bytes=t.file.bytes, rows=count)
        for t, count in zip(rows.tables, counts, strict=True)
    ]
    sources += [
        Source(name=file.name, sha256=file.sha256, bytes=file.bytes, rows=0)
        for file in joined.used_files
        if file.name not in {source.name for source in sources}
    ]
    known = {
        "name": "",
        "length": int(table["sequence"].str.len().max()),
        "negatives": "shuffle" if shuffle else "given",
        "counts": {part: int((table["split"] == part).sum()) for part in there},
        "positives": positive if binary else {},
        "sources": tuple(sources),
        "notices": tuple(notices),
        "split_way": way or parts.way,
        "higher_is": targets.direction if labels.task == "regression" else "",
        "wild_type": joined.wild_type,
        "first_position": joined.first_position,
        "genome": joined.genome,
        "bins": int(table["sequence"].str.len().max()) // targets.bin_width if targets.bin_width else 0,
    }
    return sketch(alphabet, labels, targets).model_copy(update=known)
