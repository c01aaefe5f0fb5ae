"""Which column of a table holds the sequences, where that is a question: several could, none does, or a person said."""

from collections.abc import Sequence
from dataclasses import replace

from seqdl_core.data.findings import Finding, column_named, listed
from seqdl_core.data.inference import reads_like_sequences
from seqdl_core.errors import DataError, SeqDLError, UnknownName
from seqdl_core.sequences.columns import are_partners
from seqdl_core.sequences.readers import RawTable


def choose_sequences(
    tables: Sequence[RawTable], wanted: str
) -> tuple[list[RawTable], tuple[Finding, ...], tuple[SeqDLError, ...]]:
    """The tables with the column that a person ``wanted`` in force, and the question where there is one.

    A table that seemed to hold no sequences becomes one of sequences. The finding stays while the choice does, so that
    it can be taken back.
    """
    asked = [table for table in tables if table.tabular and table.kind in ("sequences", "other")]
    if not asked:
        return list(tables), (), ()
    columns = list(dict.fromkeys(str(column) for table in asked for column in table.cells.columns))
    if wanted and wanted not in columns and not any(wanted in table.cells.columns for table in tables):
        problem = UnknownName("column", wanted, set(columns), where=asked[0].file.name)
        return list(tables), (_question(columns, "", "The sequences are not where you said."),), (problem,)
    chosen = [_with_column(table, wanted) if _is_one(table, asked) else table for table in tables]
    found = list(dict.fromkeys(table.sequence_column for table in chosen if table.sequence_column))
    if wanted or not found:
        if not found and any(table.kind not in ("sequences", "other") for table in tables):
            return chosen, (), ()  # another file makes the rows
        sentence = f"The sequences are in {column_named(wanted)}." if wanted else "No column holds sequences."
        return chosen, (_question(columns, wanted, sentence),), ()
    partners = [c for c in columns if c != found[0] and are_partners(found[0], c) and _among(asked, c)]
    if len(found) == 1 and partners:
        both = [column for column in columns if column in (found[0], *partners)]
        pairs = DataError(
            f"Each row is a pair of sequences ({listed(both)}), and SeqDL learns from one sequence a row.",
            where=", ".join(dict.fromkeys(table.file.name for table in asked)),
            fix="Choose the column with the sequences (`--sequence-column`), or bring both joined in one column.",
        )
        return chosen, (_question(both, "", "Each row is a pair of sequences."),), (pairs,)
    likely = [column for column in columns if _among(asked, column)]
    if len(found) == 1 and len(likely) > 1 and found[0] in columns:
        others = listed([column for column in likely if column != found[0]])
        finding = Finding(
            "sequences", "notes", f"The sequences are in {column_named(found[0])}.",
            f"{others} could also be sequences", "sequence_column", found[0],
            tuple((column, column) for column in columns),
        )  # fmt: skip
        return chosen, (finding,), ()
    return chosen, (), ()


def _among(tables: Sequence[RawTable], column: str) -> bool:
    return any(_reads_like_sequences(table, column) for table in tables)


def _is_one(table: RawTable, members: Sequence[RawTable]) -> bool:
    return any(table is one for one in members)


def _with_column(table: RawTable, wanted: str) -> RawTable:
    if not wanted or wanted not in table.cells.columns or wanted == table.sequence_column:
        return table
    return replace(table, kind="sequences", sequence_column=wanted)


def _question(columns: Sequence[str], value: str, sentence: str) -> Finding:
    options = [("", "Choose a column")] if not value else [("", "As found")]
    options += [(column, column) for column in columns]
    evidence = f"Columns {listed(columns)}"
    return Finding("sequences", "notes", sentence, evidence, "sequence_column", value, tuple(options))


def _reads_like_sequences(table: RawTable, column: str) -> bool:
    return column in table.cells.columns and reads_like_sequences(table.cells[column].tolist())
