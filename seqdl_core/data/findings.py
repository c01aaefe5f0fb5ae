"""What was found, in sentences: one line each with its evidence and the one choice that corrects it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from seqdl_core.data.checks import CleanSequences, counted
from seqdl_core.data.choices import AT_RANDOM, BY_FILE, NO_LABELS, ImportChoices
from seqdl_core.data.inference import Assembled, Labels, label_candidates
from seqdl_core.data.parts import Parts
from seqdl_core.sequences.alphabets import ALPHABETS, PROTEIN, Alphabet
from seqdl_core.sequences.readers import READERS, RawTable
from seqdl_core.sequences.vocabulary import file_tokens, positive_value

_LAYOUTS = {"tab": "tab-separated", "comma": "comma-separated", "semicolon": "semicolon-separated"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Finding:
    """One line of "Here is what I found".

    Attributes:
        key: ``format``, ``alphabet``, ``task``, ``positive``, ``split`` or ``names``.
        icon: the name of a Material symbol.
        sentence: what was found.
        evidence: what speaks for it.
        choice: the field of ImportChoices that corrects it; ``""`` where there is nothing to choose.
        value: the field's value that means what was found.
        options: the field's values a person may choose, each with its text.
    """

    key: str
    icon: str
    sentence: str
    evidence: str
    choice: str
    value: str
    options: tuple[tuple[str, str], ...]


def about_format(tables: Sequence[RawTable]) -> Finding:
    """Which formats the files are in."""
    layouts = list(dict.fromkeys(table.layout for table in tables))
    count = len(tables)
    header = ", one header line" if tables[0].header else ", no header line"
    header += " each" if count > 1 else ""
    if len(layouts) > 1:
        sentence = f"{_number(count)} files in different formats."
    elif layouts[0] == "fasta":
        sentence = f"{_number(count)} FASTA file{'s' if count > 1 else ''}."
    else:
        alike = len({table.header for table in tables}) == 1
        sentence = f"{_number(count)} {_LAYOUTS[layouts[0]]} table{'s' if count > 1 else ''}{header if alike else ''}."
    columns = list(dict.fromkeys(str(column) for table in tables for column in table.cells.columns))
    records = sum(map(len, tables))
    evidence = f"Columns {_listed(columns)}"
    if layouts == ["fasta"]:
        said = ["names", *(column for column in columns if column not in ("name", "sequence"))]
        evidence = f"{counted(records, 'record')}; headers give {' and '.join(said)}"
        evidence += "" if len(said) > 1 else ", no labels"
    packed = sum(table.file.compressed for table in tables)
    if packed:
        evidence += "; compressed with gzip" if packed == count else f"; {packed} of {count} compressed with gzip"
    if layouts == ["fasta"]:
        return Finding(
            "format", "description", sentence, evidence, "", "fasta", (("fasta", READERS.get("fasta").title),)
        )
    options = [("auto", "As found")] if len(layouts) > 1 else []
    options += [(layout, text.capitalize()) for layout, text in _LAYOUTS.items()]
    value = "auto" if len(layouts) > 1 else layouts[0]
    return Finding("format", "description", sentence, evidence, "separator", value, tuple(options))


def about_alphabet(clean: CleanSequences, alphabet: Alphabet) -> Finding:
    """Which alphabet, how long, and how many sequences speak for it."""
    lengths = Counter(len(sequence) for sequence in clean.sequences)
    short, long = min(lengths), max(lengths)
    size = (
        f"every sequence {long:,} {alphabet.unit}" if short == long else f"{short:,} to {long:,} {alphabet.unit} long"
    )
    title = alphabet.title[0].upper() + alphabet.title[1:]
    total = len(clean.sequences)
    letters = "the 20 amino acids" if alphabet is PROTEIN else ", ".join(alphabet.letters)
    lower = f"{clean.lower:,} with lower case" if clean.lower else "no lower case"
    unknown = f"{clean.with_unknown:,} with {alphabet.unknown}" if clean.with_unknown else f"no {alphabet.unknown}"
    return Finding(
        "alphabet",
        "genetics",
        f"{title}, {size}.",
        f"{clean.plain:,} of {total:,} sequences use only {letters}; {lower}, {unknown}",
        "alphabet",
        alphabet.name,
        tuple((name, member.title[0].upper() + member.title[1:]) for name, member in ALPHABETS.items()),
    )


def about_task(rows: Assembled, labels: Labels, taken: Sequence[str]) -> Finding:
    """Where the labels come from, and how many rows have each."""
    counts = Counter(value for value in labels.values if value)
    distinct = sorted(counts, key=lambda value: (-counts[value], value))[:4]
    if len(distinct) == 2:
        positive, _ = positive_value(distinct)
        distinct.sort(key=lambda value: value != positive)
    if labels.column == NO_LABELS:
        sentence, evidence = (
            "No labels: all rows are taken as positives.",
            f"{counted(len(rows), 'row')}, no column tells classes",
        )
    elif labels.column == BY_FILE:
        sentence = "Binary task; each file holds one class."
        by_class: dict[str, list[str]] = {}
        for number, table in enumerate(rows.tables):
            value = labels.values[int((rows.table_of == number).argmax())]
            by_class.setdefault(value, []).append(table.file.name)
        evidence = "; ".join(f"{value} in {_listed(names)}" for value, names in sorted(by_class.items(), reverse=True))
    else:
        place = f"{labels.column} in the headers" if _from_header(rows) else column_named(labels.column)
        sentence = f"Binary task; the label is {place}."
        shares = ", ".join(f"{value} in {counted(counts[value], 'row')}" for value in distinct)
        values = f"Values {' and '.join(distinct)}" if len(distinct) == 2 else f"Only the value {distinct[0]}"
        evidence = (
            f"{values}; {shares}"
            if len(distinct) > 1
            else f"{values}, in {counted(len(rows), 'row')}"
            if distinct
            else ""
        )
        if len(counts) > 2:
            evidence = f"{len(counts):,} different values: {shares}"
    columns = list(dict.fromkeys([*([] if labels.column in (BY_FILE, NO_LABELS) else [labels.column]),
                                  *label_candidates(rows, taken)]))  # fmt: skip
    options = [(column, column) for column in columns]
    options += [(BY_FILE, "One file a class")] if len(rows.tables) > 1 else []
    options += [(NO_LABELS, "All are positives")]
    return Finding("task", "label", sentence, evidence, "label_column", labels.column, tuple(options))


def about_no_task(rows: Assembled, taken: Sequence[str]) -> Finding:
    """No labels could be found; the person chooses a column."""
    columns = [str(column) for column in rows.cells.columns if column not in taken]
    options = [("", "Choose a column"), *((column, column) for column in columns)]
    options += [(BY_FILE, "One file a class")] if len(rows.tables) > 1 else []
    options += [(NO_LABELS, "All are positives")]
    sentence = "It is not clear which column holds the labels."
    return Finding("task", "label", sentence, f"Columns {_listed(columns)}", "label_column", "", tuple(options))


def about_positive(positive: str, negative: str, sure: bool) -> Finding:
    """Which label counts as 1, where the labels are words."""
    evidence = f"{negative} counts as 0" if sure else f"{negative} counts as 0; the names do not tell, so check this"
    options = ((positive, f"{positive} is 1"), (negative, f"{negative} is 1"))
    return Finding(
        "positive", "exposure_plus_1", f"{positive} counts as 1.", evidence, "positive_label", positive, options
    )


def about_split(
    tables: Sequence[RawTable], parts: Parts, split_column: str, shared: int, choices: ImportChoices
) -> Finding:
    """How training, validation and test are told apart, ``split_column`` being the column that may say so."""
    way, test_files = parts.way, parts.test_files
    validated = int((parts.of_row == "validation").sum())
    names = [table.file.name for table in tables]
    copies = "no sequence is in both" if not shared else f"{shared:,} test sequences are also in training"
    share = f"{choices.test_fraction:.0%}".replace("%", " %")
    value = AT_RANDOM
    if way == "files":
        sentence = (
            "The files are a training and a test set." if len(names) == 2 else "Files are for training or for test."
        )
        words = differing_words(names)
        says = f"Names differ only in {words[0]} and {words[1]}" if words else f"Test: {_listed(list(test_files))}"
        evidence, value = f"{says}; {copies}", test_files[0] if len(test_files) == 1 else ""
    elif way == "all test":
        sentence, evidence, value = "The file is a test set.", "Nothing is left for training", names[0]
    elif way == "random":
        sentence = f"{share} of the rows, drawn at random, are the test set."
        evidence = f"No file or column says which rows test; {copies}, exact or reverse complement"
    else:
        said = "Training, validation and test" if validated else "Training and test"
        sentence, evidence, value = f"{said} come from {column_named(split_column)}.", copies.capitalize(), ""
    if validated:
        place = "the files" if way == "files" else column_named(split_column)
        evidence += (
            f"; {counted(validated, 'validation row')} by {place}, used to choose the best epoch, never trained on"
        )
    options = [("", "As the files say" if way == "files" else f"Column {split_column}")] if value == "" else []
    options += [(name, _tests(name, names)) for name in names] if len(names) > 1 or way == "all test" else []
    options += [(AT_RANDOM, f"{share} at random")]
    return Finding("split", "call_split", sentence, evidence, "test_file", value, tuple(options))


def about_names(rows: Assembled, name_columns: Sequence[str], used: Sequence[str], repeated: int) -> Finding:
    """Which column names the rows, and which columns are left out."""
    named = list(dict.fromkeys(column for column in name_columns if column))
    total = len(rows)
    if not named:
        sentence, evidence = "No column names the rows; they are numbered.", ""
    elif _from_header(rows):
        sentence = "Names come from the headers."
    else:
        sentence = f"Names come from {column_named(_listed(named))}."
    if named:
        evidence = (
            f"All {total:,} are different" if not repeated else f"{repeated:,} of {total:,} repeat an earlier name"
        )
    left = [str(column) for column in rows.cells.columns if column not in {*named, *used}]
    if left:
        constant = {column: set(rows.values(column)) for column in left}
        told = [f"{c} holds only {next(iter(constant[c]))}" if len(constant[c]) == 1 else c for c in left[:4]]
        told += [f"{len(left) - 4} more"] if len(left) > 4 else []
        what = f"{_listed(told)} {'and ' if len(left) == 1 and len(constant[left[0]]) == 1 else ''}"
        evidence += f"{'; ' if evidence else ''}{what}{'is' if len(left) == 1 else 'are'} left out"
    fasta = _from_header(rows)
    columns = [str(column) for column in rows.cells.columns if column not in used]
    options = [(column, "From the headers" if fasta and column == "name" else column) for column in columns]
    options += [(NO_LABELS, "Number them")]
    return Finding(
        "names", "badge", sentence, evidence, "name_column", named[0] if named else NO_LABELS, tuple(options)
    )


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


def short_name(name: str) -> str:
    """A file's name for a narrow place: ``ELK1_…_AC`` for ``ELK1_GM12878_ELK1_(1277-1)_Stanford_AC.seq.gz``."""
    tokens = file_tokens(name)
    stem = "_".join(tokens)
    return f"{tokens[0]}_…_{tokens[-1]}" if len(stem) > 24 and len(tokens) > 2 else stem or name


def column_named(name: str) -> str:
    """``the column Bound``, and ``column 3`` for one that has no name of its own."""
    return name if name.startswith("column ") else f"the column {name}"


def _tests(name: str, names: Sequence[str]) -> str:
    words = differing_words(names)
    if words:
        test = words[list(names).index(name)]
        train = next(word for word in words if word != test)
        return f"{train} trains, {test} tests"
    return f"{short_name(name)} tests"


def _from_header(rows: Assembled) -> bool:
    return all(table.layout == "fasta" for table in rows.tables)


def _number(count: int) -> str:
    return _NUMBERS[count].capitalize() if count < len(_NUMBERS) else f"{count:,}"


def _listed(words: Sequence[str]) -> str:
    shown = list(words[:8]) + ([f"and {len(words) - 8} more"] if len(words) > 8 else [])
    return ", ".join(shown)
