"""Why a table makes no rows and serves no other file: what it is, or why no column of it holds sequences."""

from seqdl_core.errors import DataError
from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.readers._nearest import nearest

__all__ = ["about_useless"]

_LONGEST_NAME = 40
_NEEDS = {
    "track": ("a track of values along a genome", "Add the intervals (BED) that it gives values to."),
    "indices": ("a list of rows or names", "Add the file with the sequences that it speaks of."),
}


def about_useless(table: RawTable) -> DataError:
    """The problem of a table that nothing can be made of; its place is the first cell that is in the way."""
    what, fix = _NEEDS.get(table.kind, ("", ""))
    said, row = f"The file is {what}, and no file has sequences for it.", 0
    if not what:
        near = nearest(table)
        columns = ", ".join(str(name)[:_LONGEST_NAME] for name in table.cells.columns[:6])
        why, row = (near.why, near.row) if near else (f"its columns are {columns}", 0)
        said = f"No column of the table holds sequences: {why}."
        fix = "Correct the column, choose another one (`--sequence-column`), or add the file with the sequences."
    where = table.file.at(int(table.lines[row])) if len(table) else table.file.name
    return DataError(said, where=where, fix=fix)
