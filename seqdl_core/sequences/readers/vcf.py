"""VCF: variants against a reference, versions 4.1 to 4.5, and lists of variants without a header.

    ##fileformat=VCFv4.2
    #CHROM  POS     ID         REF  ALT   QUAL  FILTER  INFO
    20      14370   rs6054257  G    A,T   29    PASS    DP=14;AF=0.5,0.1

Positions count from 1 and stay so. Without a header a line is ``chr1 109817590 - G T``: chromosome, position, name,
reference allele, other allele. Every line is checked; what would make a score wrong is an error with its line, all else
a notice with its line.
"""

import re

import numpy as np
import pandas as pd

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import NoticeRecord, RawTable, Reader, TextFile
from seqdl_core.sequences.readers._intervals import MOST_COLUMNS, columns_left_out
from seqdl_core.sequences.readers._remarks import Remarks
from seqdl_core.sequences.readers._vcf_meta import COLUMNS, FEWEST_COLUMNS, Header, read_header
from seqdl_core.sequences.readers._vcf_rows import PLAIN, FixedColumns
from seqdl_core.sequences.readers._vcf_values import Values

MOST_SAMPLES_KEPT = 50

_LOOKED_AT = 2**16
_SAMPLE_LINES = 50
_SIGNIFICANCE = re.compile(r"(?:^|;)CLNSIG=([^;]+)")
_NAMES = ("chrom", "pos", "id", "ref", "alt", "qual", "filter", "info")
_HEADED = re.compile(r"\s*(?:##fileformat=|#CHROM[\t ]+POS)")
_BARE = re.compile(
    r"(?:chr\w{1,40}|[0-9]{1,2}|[XYM]|MT|N[CTW]_\d+\.\d+)[\t ]+[1-9]\d{0,9}[\t ]+\S+[\t ]+[ACGTN]{1,50}[\t ]+"
    r"(?:[ACGTN]{1,50}(?:,[ACGTN]{1,50}){0,8}|\*|\.|<\w{1,20}>)(?:[\t ]|$)",
    re.IGNORECASE | re.ASCII,
)


def recognises(text: str) -> bool:
    """Whether the text begins as a VCF file does, or its first lines are all a variant."""
    if _HEADED.match(text):
        return True
    lines = _first_lines(text)
    return bool(lines) and all(_BARE.match(line) for line in lines)


def _first_lines(text: str) -> list[str]:
    lines = text[:_LOOKED_AT].split("\n")
    whole = lines[:-1] if len(text) > _LOOKED_AT else lines
    return [line for line in whole if line.strip() and not line.startswith("#")][:_SAMPLE_LINES]


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Lines to rows with the columns ``chrom``, ``pos``, ``id``, ``ref``, ``alt`` and what else the file has.

    Genotypes of up to fifty samples are kept in the column ``genotypes``, in the order of the samples.

    Raises:
        ReadError: for a header without column names, a line with too few or too many fields, a position that is no
            number, an allele that is none.
    """
    del layout  # VCF has only one
    remarks = Remarks(file.name)
    if _HEADED.match(file.text):
        lines = file.text.split("\n")
        header = read_header(lines, remarks)
        if header.version >= (4, 3) and lines[-1]:
            remarks.add("without a line end at the end of the file, which may be cut off", len(lines))
        rows, numbers = _rows(lines, header, remarks)
        name = "vcf"
    else:
        rows, numbers = _bare_rows(file.text.split("\n"), remarks)
        header = Header(columns=len(rows[0]))
        name = "variants"
    return _table(file, name, rows, numbers, header, remarks)


def _rows(lines: list[str], header: Header, remarks: Remarks) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    fixed, values = FixedColumns(header, remarks), Values(header, remarks)
    last = max((number for number, line in enumerate(lines, 1) if line), default=0)
    for number in range(header.first, last + 1):
        line = lines[number - 1]
        if not line.strip() or line.startswith("#"):
            what = "below the column names that begins with #, left out" if line.strip() else "that is blank, left out"
            remarks.add(what, number)
            continue
        plain = PLAIN.match(line) is not None
        cells = line.split("\t")
        if len(cells) != header.columns:
            raise _ragged(len(cells), header.columns, number, line, remarks.name)
        fixed.check(cells, number, plain)
        values.check(cells, number)
        rows.append(cells)
        numbers.append(number)
    return rows, numbers


def _ragged(found: int, wanted: int, number: int, line: str, name: str) -> ReadError:
    blanks = found == 1 and len(line.split()) == wanted
    fields = "1 field" if found == 1 else f"{found} fields"
    return ReadError(
        f"This line has {fields}, separated by tabs; the column names are {wanted}.",
        where=f"line {number} of {name}",
        fix="Separate the columns by single tabs, not by blanks."
        if blanks
        else "Give every line one field for each column, . where nothing is known.",
    )


def _bare_rows(lines: list[str], remarks: Remarks) -> tuple[list[list[str]], list[int]]:
    """Rows of a list without a header, separated by tabs or by blanks."""
    numbered = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    tabs = bool(numbered) and "\t" in numbered[0][1]
    split = [(number, line.split("\t") if tabs else line.split()) for number, line in numbered]
    width = len(split[0][1]) if split else 0
    if width < FEWEST_COLUMNS:
        raise ReadError(
            "The file holds no variants.",
            where=f"line {split[0][0] if split else 1} of {remarks.name}",
            fix="Give a chromosome, position, name, reference allele and other allele on each line, separated by tabs.",
        )
    fixed = FixedColumns(Header(columns=width), remarks)
    for number, cells in split:
        if len(cells) != width:
            fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
            raise ReadError(
                f"This line has {fields}; the first line has {width}.",
                where=f"line {number} of {remarks.name}",
                fix="Give every line the same fields: chromosome, position, name, reference allele, other allele.",
            )
        fixed.check(cells[:FEWEST_COLUMNS], number, plain=False)
    return [cells for _, cells in split], [number for number, _ in split]


def _table(
    file: TextFile, layout: str, rows: list[list[str]], numbers: list[int], header: Header, remarks: Remarks
) -> RawTable:
    if layout == "vcf":
        names = list(_NAMES[: min(header.columns, len(COLUMNS))])
    else:
        names = [
            *_NAMES[:FEWEST_COLUMNS],
            *(f"column {place + 1}" for place in range(FEWEST_COLUMNS, min(header.columns, MOST_COLUMNS))),
        ]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    if significance := _significance(columns.get("info", [])):
        columns["CLNSIG"] = significance
    notices = remarks.notices()
    if layout != "vcf":
        notices += columns_left_out(header.columns, file.name)
    if not rows:
        notices += (NoticeRecord(what="The file has a header and no variants.", where=file.name),)
    if rows and header.samples:
        genotypes, kept = _genotypes(rows, header)
        notices += (NoticeRecord(what=kept, where=file.name),)
        columns |= {"genotypes": genotypes} if genotypes else {}
    return RawTable(
        file,
        layout,
        pd.DataFrame(columns, dtype=str),
        np.array(numbers, np.int64),
        kind="variants",
        header=layout == "vcf",
        one_based=True,
        notices=notices,
    )


def _significance(infos: list[str]) -> list[str]:
    """ClinVar's clinical significance of each row; empty where a row has none."""
    if not infos or "CLNSIG=" not in infos[0]:
        return []
    found = [_SIGNIFICANCE.search(info) for info in infos]
    return [match[1] for match in found if match] if all(found) else []


def _genotypes(rows: list[list[str]], header: Header) -> tuple[list[str], str]:
    """``0|1 1|1`` for each row, and a sentence that says what became of the samples."""
    count = len(header.samples)
    samples = "one sample" if count == 1 else f"{count:,} samples"
    if count > MOST_SAMPLES_KEPT:
        return [], f"The genotypes of {samples} were left out."
    if not any(row[8] == "GT" or row[8].startswith("GT:") for row in rows):
        return [], f"The values of {samples} were left out; they hold no genotypes."
    found = [
        " ".join(cell.partition(":")[0] for cell in row[9:]) if row[8][:2] == "GT" and row[8][2:3] in ("", ":") else ""
        for row in rows
    ]
    return found, f"Of {samples} only the genotypes were kept, in the order {', '.join(header.samples)}."


READER = Reader(name="vcf", title="VCF", recognises=recognises, read=read, order=0)
