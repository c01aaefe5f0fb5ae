"""The words people use for columns, labels and parts of a split, in headers, cells and file names."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LONGEST_NUMBER = 100
_LONGEST_NAME = 200
_UNIT = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
_OF_A_PART = re.compile(r"[\s_-]*(?:data[\s_-]*)?(?:set|split|part|partition|data)$")
"""Longer cells are neither numbers nor names of columns; they would make the patterns below slow."""

SEQUENCE_WORDS = _words(
    "sequence sequences seq seqs dna rna protein peptide read bases aa_seq aa utr utr5 utr3 5utr 3utr oligo "
    "construct insert probe cdr3 guide grna sgrna spacer peptide_sequence protein_sequence dna_sequence "
    "rna_sequence aa_sequence amino_acid_sequence aasequence nt_seq nt_sequence nucleotide_sequence "
    "mutated_sequence mutant_sequence mut_seq variant_sequence full_sequence sequence_aa sequence_nt seq_aa "
    "seq_nt oligo_sequence promoter_sequence protein_seq input_sequence oligo_seq guide_sequence guide_seq fasta "
    "sequenz proteinsequenz dna_sequenz rna_sequenz séquence séquence_protéique secuencia secuencias sequenza sequência"
)
LABEL_WORDS = _words(
    "label labels class classes target targets bound binding y positive active activity outcome response category"
)
_CLASS_COLUMNS = _words(
    "localization localisation subcellular_location subcellular_localization subcellular_localisation clnsig "
    "clinical_significance klasse classe clase"
)
SPLIT_WORDS = _words("split set part partition subset fold stage")
NAME_WORDS = _words(
    "name id ids identifier accession eventid record event peak sequence_id seq_id seq_name entry entry_name gene "
    "gene_id gene_name symbol variant_id snp rsid uniprot_id protein_id peptide_id oligo_id pdb_id mutant_id well "
    "well_id plate_well well_position clone clone_id sample_id construct_id"
)

WIDTHS = _words("length width len size")

_TRAIN = _words("train training trn tr")
_TEST = _words("test testing tst te tes holdout heldout held_out stest supertest")
_VALIDATION = _words("validation valid val dev eval tune")

_POSITIVE = _words("1 1.0 +1 + true t yes y positive pos bound active ja oui si sí pathogenic likely_pathogenic")
_NEGATIVE = _words(
    "0 0.0 -1 -1.0 - false f no n negative neg unbound inactive none background control nein non benign likely_benign"
)
_LOWER = _words(
    "low lower normal healthy benign neutral wt wildtype wild_type reference ref absent background control random "
    "scrambled shuffled decoy susceptible sensitive off fail failed failure weak slow closed silent silenced dead "
    "depleted down decreased untreated mock nonbinder noise tolerated common"
)
_HIGHER = _words(
    "high higher cancer tumor tumour disease diseased pathogenic mut mutant mutated alt alternate present peak peaks "
    "signal case cases resistant resistance on pass passed success strong fast open expressed alive enriched up "
    "increased treated binder hit damaging deleterious rare target foreground"
)
"""Words that tell which of two classes counts as 1 only where the other class is a word of the other kind."""

_NEGATION = re.compile(r"(?:not|non|un|in|im|no|dis|anti)[ _-]?(?=[a-z])")
_POSITIVE_FILES = _words("pos positive positives")
_NEGATIVE_FILES = _words(
    "neg negs negative negatives non nonprom decoy decoys shuf shuffled shuffle background bg control controls"
)
_MISSING = frozenset(["", "na", "n/a", "nan", "null", ".", "?", "<na>", "missing", "#n/a"])
_POINT_NUMBER = re.compile(r"\s*[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_COMMA_NUMBER = re.compile(r"\s*[+-]?(\d{1,3}(?:\.\d{3})+|\d*),\d+([eE][+-]?\d{1,3})?\s*", re.ASCII)
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2},\d{3}\s*", re.ASCII)
_MULTILABEL = re.compile(r"\s*\d{1,3}(?:\s*[,;|]\s*\d{1,3})+\s*", re.ASCII)


def means_sequence(column: str) -> bool:
    """Whether a column of this name probably holds the sequences."""
    return _plain(column) in SEQUENCE_WORDS or _plain(without_unit(column)) in SEQUENCE_WORDS


def means_label(column: str) -> bool:
    """Whether a column or header key of this name probably holds the labels: ``Bound``, ``is_bound``."""
    return _plain(column).removeprefix("is_") in LABEL_WORDS or _plain(without_unit(column)) in _CLASS_COLUMNS


def means_split(column: str) -> bool:
    """Whether a column or header key of this name probably tells training from test."""
    return _plain(column) in SPLIT_WORDS


def means_name(column: str) -> bool:
    """Whether a column of this name probably names the rows."""
    return _plain(column) in NAME_WORDS


def is_missing(value: str) -> bool:
    """Whether a cell says that there is no value."""
    return value.strip().lower() in _MISSING


def is_multilabel_value(value: str) -> bool:
    """Whether a cell or a header names several classes by number: ``0,2``."""
    return _MULTILABEL.fullmatch(value) is not None


def is_label_value(value: str) -> bool:
    """Whether a word reads as a class: a small whole number, or a word for yes or no."""
    plain = value.strip().lower()
    return plain in _POSITIVE or plain in _NEGATIVE or bool(re.fullmatch(r"[+-]?\d{1,2}(\.0+)?", plain, re.ASCII))


def means_zero(value: str) -> bool:
    """Whether a label on its own reads as "no": 0, -1, negative, control."""
    return _standing(value) == -2


def means_one(value: str) -> bool:
    """Whether a label on its own reads as "yes": 1, positive, bound."""
    return _standing(value) == 2


def is_split_value(value: str) -> bool:
    """Whether a cell names a part of a split."""
    return split_of(value) != ""


def split_of(value: str) -> str:
    """``train``, ``validation``, ``test`` or ``""`` for a cell such as ``Training`` or ``Test set``."""
    plain = _OF_A_PART.sub("", value[:_LONGEST_NAME].strip().lower())
    for split, words in (("train", _TRAIN), ("test", _TEST), ("validation", _VALIDATION)):
        if plain in words:
            return split
    return ""


def split_marked_by(column: str) -> str:
    """The part that a column of true and false marks: ``test`` for ``is_test``, ``train`` for ``in_training_set``."""
    plain = re.sub(r"^(?:is|in|for)_", "", _plain(column))
    part = split_of(plain)
    return part if part in ("train", "test") or plain != _plain(column) else ""  # FLIP's "validation" is one more part


def marks(value: str) -> bool | None:
    """Whether a cell says yes; ``None`` where it is neither yes nor no."""
    plain = value.strip().lower()
    return {"true": True, "1": True, "1.0": True, "yes": True, "false": False, "0": False, "0.0": False, "no": False,
            "": False}.get(plain)  # fmt: skip


def without_unit(column: str) -> str:
    """A column's name without what stands in brackets at its end: ``IC50 (nM)``, ``Subcellular location [CC]``."""
    return _UNIT.sub("", column[:_LONGEST_NAME])


def file_tokens(name: str) -> list[str]:
    """The words of a file's name or path without endings such as ``.fa.gz``: ``AMP.tr.fa`` gives AMP, tr."""
    stem = re.sub(r"(\.(gz|fq|fastq|fa|fasta|fna|faa|ffn|seq|txt|tsv|csv|tab|data))+$", "", name, flags=re.IGNORECASE)
    return [token for token in re.split(r"[^A-Za-z0-9]+", stem) if token]


def split_of_file(name: str) -> tuple[str, str]:
    """The part of the split that a file's name speaks of, and the word that says so; empty where none does."""
    for token in file_tokens(name):
        split = split_of(token)
        if split:
            return split, token
    return "", ""


def names_negatives(name: str, *, negations: bool = True) -> bool:
    """Whether a file's name says that it holds negatives: ``decoy``, ``neg`` and, with ``negations``, ``non_prom``."""
    words = {token.lower() for token in file_tokens(name)}
    return bool(words & (_NEGATIVE_FILES if negations else _NEGATIVE_FILES - {"non", "nonprom"}))


def names_positives(name: str) -> bool:
    """Whether a file's name says that it holds positives: ``pos``, ``positives``."""
    return any(token.lower() in _POSITIVE_FILES for token in file_tokens(name))


def positive_value(values: Sequence[str]) -> tuple[str, bool]:
    """Which of two label values means 1, and whether that is beyond doubt.

    Numbers: the larger one. Words for yes and no: the yes. A word and its negation (``unstable``, ``stable``): the
    word. Words for less and more, or for the usual and the notable: the latter. Otherwise the one that is no word for
    less, or the later one of the alphabet, in doubt. Words that both labels share say nothing (``low_expression``).
    """
    if all(is_number(value) for value in values):
        return max(values, key=float), True
    first, second = values
    one, other = _differing(first, second)
    if _NEGATION.sub("", other, count=1) == one or _NEGATION.sub("", one, count=1) == other:
        return (first if len(one) < len(other) else second), True
    standing = _standing(one), _standing(other)
    high = first if standing[0] > standing[1] or (standing[0] == standing[1] and first > second) else second
    told = standing[0] != standing[1] and (2 in map(abs, standing) or 0 not in standing)
    return high, told


def _standing(value: str) -> int:
    """2 and -2 for yes and no, 1 and -1 for words of more and less, 0 for all others."""
    plain = value.strip().lower()
    plain = re.sub(r"[ -]", "_", plain) if len(plain) > 2 else plain
    if plain in _POSITIVE:
        return 2
    return -2 if plain in _NEGATIVE else (plain in _HIGHER) - (plain in _LOWER)


def _differing(first: str, second: str) -> tuple[str, str]:
    """Two labels in lower case, without the words that both have at their ends; not less than one word each."""
    one, other = (re.split(r"[ _]+", value.strip().lower()[:_LONGEST_NAME]) for value in (first, second))
    if len(one) == len(other):
        apart = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(apart) == 1:
            return one[apart[0]], other[apart[0]]
    return "_".join(one), "_".join(other)


def is_number(value: str, decimal: str = "point") -> bool:
    """Whether a cell is a decimal number; with ``decimal`` "comma", ``1,5`` is one too."""
    if len(value) > _LONGEST_NUMBER:
        return False
    if _POINT_NUMBER.fullmatch(value):
        return True
    return decimal == "comma" and _COMMA_NUMBER.fullmatch(value) is not None


def number(value: str, decimal: str = "point") -> float | None:
    """The number in a cell, ``None`` where it holds none. With ``decimal`` "comma", ``1.234,5`` is 1234.5."""
    if len(value) > _LONGEST_NUMBER:
        return None
    if _POINT_NUMBER.fullmatch(value):
        return float(value)
    if decimal == "comma" and _COMMA_NUMBER.fullmatch(value):
        return float(value.replace(".", "").replace(",", "."))
    return None


def decimal_sign(columns: Iterable[Iterable[str]]) -> str:
    """``comma`` or ``point``, as the cells of a table write their numbers; ``unclear`` where 1,234 may be either.

    One column of numbers that are fractions only with a comma decides, unless another column has fractions with a
    point. ``1,234`` alone may also be a whole number with its thousands set off.
    """
    commas = points = unclear = 0
    for column in columns:
        values = {value for value in column if not is_missing(value)}
        if not values or not all(is_number(value, "comma") for value in values):
            continue
        with_comma = {value for value in values if "," in value}
        commas += any(not _THOUSANDS.fullmatch(value) for value in with_comma)
        unclear += bool(with_comma) and all(_THOUSANDS.fullmatch(value) for value in with_comma)
        points += any("." in value and "," not in value for value in values)
    if commas and not points:
        return "comma"
    return "unclear" if unclear and not points else "point"


def plain_name(column: str) -> str:
    """A column's name for comparison: ``Chrom Start`` and ``chrom.start`` are both ``chrom_start``."""
    return _plain(column)


def _plain(column: str) -> str:
    return _plain_short(column[:_LONGEST_NAME])


@lru_cache(2**15)
def _plain_short(column: str) -> str:
    return re.sub(r"[\s.-]+", "_", column.strip().lstrip("#").strip().lower())
