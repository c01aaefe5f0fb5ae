"""What is said about the split: what tells training from test, and what stands on both sides."""

from collections.abc import Sequence

from seqdl_core.data.checks import counted
from seqdl_core.data.choices import AT_RANDOM, ImportChoices
from seqdl_core.data.findings import Finding, column_named, listed, short_names
from seqdl_core.data.inference import Assembled
from seqdl_core.data.parts.by_letters import Shared
from seqdl_core.data.parts.written import Parts
from seqdl_core.data.splits import AT_RANDOM_WAYS, WAYS
from seqdl_core.errors import DataError
from seqdl_core.sequences.readers import RawTable
from seqdl_core.sequences.vocabulary import file_tokens, is_number


def about_split(
    tables: Sequence[RawTable],
    parts: Parts,
    shared: Shared,
    choices: ImportChoices,
    drawn: str = "",
    kept: str = "",
    task: str = "",
) -> Finding:
    """How training, validation and test are told apart.

    Args:
        task: what is learned; without labels the rows set apart serve those alone who learn hidden letters.
        drawn: how the test set was drawn where nothing tells it: ``random``, ``chromosome``, ``similarity`` ...
        kept: what the draw keeps on one side besides copies.
    """
    way, test_files, split_column = parts.way, parts.test_files, parts.column
    if way == "folds":
        return _about_folds(parts, shared)
    validated = int((parts.of_row == "validation").sum())
    names = [table.file.name for table in tables]
    copies = shared.evidence(bool(validated))
    share = f"{choices.test_fraction:.0%}".replace("%", " %")
    value = AT_RANDOM
    if way == "files":
        sentence = (
            "The files are a training and a test set." if len(names) == 2 else "Files are for training or for test."
        )
        words = differing_words(names)
        says = f"Names differ only in {words[0]} and {words[1]}" if words else f"Test: {listed(list(test_files))}"
        evidence, value = f"{says}; {copies}", test_files[0] if len(test_files) == 1 else ""
    elif way == "all test":
        sentence, evidence, value = "The file is a test set.", "Nothing is left for training", names[0]
    elif way == "random":
        if kept:  # whole groups do not meet the share that was asked for exactly
            share = f"{(parts.of_row[parts.of_row != ''] == 'test').mean():.0%}".replace("%", " %")
        sentence = f"{share} of the rows, drawn {_drawn(drawn)}, are the test set."
        if task == "unlabelled":
            sentence = f"All rows can be scored; {share}, drawn {_drawn(drawn)}, test who learns hidden letters."
        if not (parts.of_row == "test").any():
            sentence = "All rows stay together: there are too few to hold any back as a test set."
        says = f"The column {parts.ignored}" if parts.ignored else "No file or column says which rows test"
        evidence = "; ".join(words for words in (says, kept, copies) if words)
    else:
        said = "Training, validation and test" if validated else "Training and test"
        sentence, evidence, value = f"{said} come from {column_named(split_column)}.", copies.capitalize(), ""
    if validated:
        place = "the files" if way == "files" or not split_column else column_named(split_column)
        evidence += (
            f"; {counted(validated, 'validation row')} by {place}, used to choose the best epoch, never trained on"
        )
    if parts.asked:
        tests = [(value, f"{value} tests") for value in parts.asked]
        chosen = choices.test_folds or ("" if is_certain_split(split_column) else AT_RANDOM)
        options = [("", "Choose what tests")] if not chosen else []
        options += [*tests, (AT_RANDOM, f"{share} {_drawn(drawn) if drawn else 'drawn'}")]
        return Finding("split", "call_split", sentence, evidence, "test_folds", chosen, tuple(options))
    options = [("", "As the files say" if way == "files" else f"Column {split_column}")] if value == "" else []
    options += list(zip(names, _tests(names), strict=True)) if len(names) > 1 or way == "all test" else []
    options += [(AT_RANDOM, f"{share} {_drawn(drawn) if drawn else 'drawn'}")]
    return Finding("split", "call_split", sentence, evidence, "test_file", value, tuple(options))


def is_certain_split(column: str) -> bool:
    """Whether a column is called ``split``, so that a set drawn beside it would ignore somebody's own split."""
    return column.strip().lower() in ("split", "partition", "data_split")


def which_value_tests(rows: Assembled, column: str, parts: Parts) -> DataError:
    """The question that a column called ``split`` with values such as A and B asks."""
    return DataError(
        f"The column {column} holds {listed(parts.asked)}, and which of them tests is not said.",
        where=", ".join(dict.fromkeys(table.file.name for table in rows.tables)),
        fix=f"Choose the value that tests (`--test-folds {parts.asked[-1]}`), or draw the test set at random "
        f"(`--test-folds {AT_RANDOM}`).",
    )


def _drawn(way: str) -> str:
    """``by chromosome``, ``at random``."""
    return "at random" if way in ("", *AT_RANDOM_WAYS) else WAYS.get(way).title.lower()


def _about_folds(parts: Parts, shared: Shared) -> Finding:
    copies = shared.evidence(False)
    many = len(parts.test_folds) > 1
    sentence = f"Fold{'s' if many else ''} {' and '.join(parts.test_folds)} of {column_named(parts.column)} "
    sentence += "are the test set." if many else "is the test set."
    evidence = f"The column numbers {len(parts.folds)} folds, {parts.folds[0]} to {parts.folds[-1]}; {copies}"
    if not all(map(is_number, parts.folds)):
        rest = [value for value in parts.folds if value not in parts.test_folds]
        sentence = f"Rows with {listed(parts.test_folds)} in {column_named(parts.column)} are the test set."
        evidence = f"As chosen; {listed(rest)} train; {copies}"
    options = [(fold, f"Fold {fold} tests") for fold in parts.folds]
    chosen = ",".join(parts.test_folds)
    options += [(chosen, f"Folds {chosen} test")] if many else []
    options += [(AT_RANDOM, "Leave the folds aside")]
    return Finding("split", "call_split", sentence, evidence, "test_folds", chosen, tuple(options))


def differing_words(names: Sequence[str]) -> tuple[str, str] | None:
    """The words in which two file names differ, as they stand there: ``("_AC", "_B")``; None unless it is one word."""
    if len(names) != 2:
        return None
    first, second = (file_tokens(name) for name in names)
    if len(first) != len(second):
        return None
    places = [place for place, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]]
    if len(places) != 1:
        return None
    words = first[places[0]], second[places[0]]
    joined = "_" if all(f"_{word}" in name for word, name in zip(words, names, strict=True)) else ""
    return joined + words[0], joined + words[1]


def _tests(names: Sequence[str]) -> list[str]:
    """For each file, what it means that it is the test set."""
    words = differing_words(names)
    if words:
        first, second = words
        return [f"{second} trains, {first} tests", f"{first} trains, {second} tests"]
    return [f"{name} tests" for name in short_names(names)]
