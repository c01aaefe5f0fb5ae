"""Gene features: GFF3, GTF and GVF, with the sequences behind ``##FASTA`` where the file has them.

    ##gff-version 3
    ctg123  .  mRNA  1050  9000  .  +  .  ID=mRNA00001;Parent=gene00001;Name=EDEN.1

The format counts from 1 and includes the end; the columns here count from 0 and leave it out. With sequences in the
same file the rows are the sequences and the features lie on them.
"""

import io
import re
from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import pandas as pd
from Bio.SeqIO.FastaIO import SimpleFastaParser

from seqdl_core.errors import ReadError
from seqdl_core.sequences.readers import Feature, NoticeRecord, RawTable, Reader, TextFile, notice
from seqdl_core.sequences.readers._intervals import refuse_backwards, sample_lines, whole_bounds
from seqdl_core.sequences.readers._remarks import Remarks

_FIXED = ("chrom", "start", "end", "strand", "type", "name", "source", "score", "phase")
_NAMES = ("Name", "gene_name", "gene", "transcript_name", "product", "ID", "gene_id", "transcript_id", "Parent")
_MOST_ATTRIBUTES = 20
_WIDTH = 9

_DIRECTIVE = re.compile(r"\s*##(?:gff-version|gvf-version)")
_DATA = re.compile(r"(?:[^\t\n]+\t){3}\d+\t\d+\t[^\t\n]+\t[-+.?]\t[.012](?:\t|$)")
_SCORE = re.compile(r"\.|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_GTF = re.compile(r'\s*([^\s;"]+)\s+(?:"([^"]*)"|([^\s;"]+))\s*(?:;|$)')


def recognises(text: str) -> bool:
    """Whether the text names its version, or its first lines have the nine columns of the format."""
    if _DIRECTIVE.match(text):
        return True
    lines = []
    for line in sample_lines(text):
        if line.startswith((">", "##FASTA")):
            break
        lines += [] if line.startswith("#") else [line]
    good = sum(_DATA.match(line) is not None for line in lines)
    return good > 0 and good * 2 >= len(lines) and lines[0].count("\t") >= _WIDTH - 2


def read(file: TextFile, layout: str = "auto") -> RawTable:
    """Lines to rows with chrom, start, end, strand, type, name and, where there are few, the attributes.

    Raises:
        ReadError: for a line without nine fields, a start or end that is no whole number, or a damaged sequence.
    """
    del layout  # GFF3 has only one
    remarks = Remarks(file.name)
    lines = file.text.split("\n")
    stop = next(
        (place for place, line in enumerate(lines) if line.startswith(">") or line.strip() == "##FASTA"), len(lines)
    )
    rows: list[list[str]] = []
    attributes: list[dict[str, str]] = []
    numbers: list[int] = []
    backwards: list[tuple[str, str, int]] = []
    for number, line in enumerate(lines[:stop], 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) not in (_WIDTH - 1, _WIDTH):
            raise _ragged(line, len(cells), number, file.name)
        start, end = whole_bounds(cells[3], cells[4], number, file.name, from_one=True)
        if end < start:
            remarks.add("with a feature that ends before it starts", number, f"{cells[3]}-{cells[4]}")
            backwards.append((cells[3], cells[4], number))
        found = _attributes(cells[8] if len(cells) == _WIDTH else "", number, remarks)
        if cells[6] not in ("+", "-", "."):
            if cells[6] != "?":
                raise ReadError(
                    f"The strand '{cells[6][:20]}' is none.",
                    where=f"line {number} of {file.name}",
                    fix="Write +, - or .",
                )
            remarks.add("with the strand ?, read as unknown", number)
        if not _SCORE.fullmatch(cells[5]):
            remarks.add("with a score that is no number", number, cells[5])
        if cells[7] not in (".", "0", "1", "2"):
            remarks.add("with a phase that is not 0, 1 or 2", number, cells[7])
        name = next((found[key] for key in _NAMES if found.get(key)), "")
        strand = cells[6] if cells[6] in "+-" else "."
        chrom, source, kind = (unquote(cells[place]) if "%" in cells[place] else cells[place] for place in range(3))
        rows.append([chrom, str(start), str(end), strand, kind, name, source, cells[5], cells[7]])
        attributes.append(found)
        numbers.append(number)
    if backwards:
        refuse_backwards(len(backwards), len(rows), backwards[0], file.name)
    sequences = _sequences(file, lines, stop)
    if sequences is not None:
        return _with_sequences(file, sequences, list(zip(numbers, rows, attributes, strict=True)), remarks)
    return _table(file, rows, attributes, numbers, remarks)


def _ragged(line: str, width: int, number: int, name: str) -> ReadError:
    fields = "1 field" if width == 1 else f"{width} fields"
    blanks = "\t" not in line and len(line.split()) >= _WIDTH - 1
    return ReadError(
        f"This line has {fields}; a line of GFF3 has nine, separated by tabs.",
        where=f"line {number} of {name}",
        fix="Separate the columns by tabs, not by blanks."
        if blanks
        else "Keep the attributes in the ninth field, separated by semicolons, and nothing behind them.",
    )


def _attributes(text: str, number: int, remarks: Remarks) -> dict[str, str]:
    """``ID=x;Name=y`` of GFF3, ``gene_id "x"; gene_name "y";`` of GTF."""
    if text in ("", "."):
        return {}
    if "=" not in text:
        pairs = _gtf(text)
        if not pairs:
            remarks.add("with attributes that are written in neither way of the format", number, text)
        return pairs
    found: dict[str, list[str]] = {}
    for entry in text.split(";"):
        key, equals, value = entry.partition("=")
        if equals:
            found.setdefault(key.strip(), []).append(unquote(value) if "%" in value else value)
        elif entry.strip():
            remarks.add("with an attribute without a value", number, entry.strip())
    return {key: ",".join(values) for key, values in found.items()}


def _gtf(text: str) -> dict[str, str]:
    """The pairs of ``gene_id "x"; level 2;``; what is written otherwise is passed over up to the next semicolon."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        pair = _GTF.match(text, place)
        if pair:
            found.setdefault(pair[1], pair[2] if pair[2] is not None else pair[3])
            place = pair.end()
        else:
            place = text.find(";", place) + 1 or len(text)
    return found


def _sequences(file: TextFile, lines: list[str], stop: int) -> list[tuple[str, str, int]] | None:
    """Name, sequence and first line of each record behind ``##FASTA``; None where there is none."""
    starts = [number for number, line in enumerate(lines[stop:], stop + 1) if line.startswith(">")]
    if not starts:
        return None
    before = next(
        (line for line in lines[stop + (not lines[stop].startswith(">")) : starts[0] - 1] if line.strip()), ""
    )
    if before:
        raise ReadError(
            "Behind ##FASTA stands something before the first record.",
            where=f"line {stop + 2} of {file.name}",
            fix="A record begins with '>' and its name.",
        )
    records = SimpleFastaParser(io.StringIO("\n".join(lines[starts[0] - 1 :])))
    return [
        ((title.split() or [""])[0], sequence, number)
        for (title, sequence), number in zip(records, starts, strict=True)
    ]


def _with_sequences(
    file: TextFile,
    sequences: list[tuple[str, str, int]],
    entries: list[tuple[int, list[str], dict[str, str]]],
    remarks: Remarks,
) -> RawTable:
    place_of = {name: place for place, (name, _, _) in reversed(list(enumerate(sequences)))}
    groups: dict[tuple[str, ...], list[Feature]] = {}
    for number, (chrom, start, end, strand, kind, name, *_), found in entries:
        place = place_of.get(chrom)
        if place is None:
            remarks.add("with a feature of a sequence that the file does not hold, left out", number, chrom)
        elif int(end) < int(start):
            remarks.add("with a feature left out because it ends before it starts", number)
        elif int(end) > len(sequences[place][1]):
            remarks.add("with a feature that ends beyond its sequence, left out", number, f"{chrom}:{end}")
        else:
            # Lines with one ID are one feature; coding sequences are also told by their transcript.
            shared = found.get("ID") or (found.get("Parent", "") if kind == "CDS" else "")
            key = (chrom, kind, strand, shared) if shared else (str(number),)
            groups.setdefault(key, []).append(Feature(place, int(start), int(end), strand, kind, name))
    features = []
    for group in groups.values():
        group.sort(key=lambda feature: feature.start, reverse=group[0].strand == "-")
        features += [replace(feature, part=part) if part else feature for part, feature in enumerate(group)]
    cells = {"name": [name for name, _, _ in sequences], "sequence": [letters for _, letters, _ in sequences]}
    return RawTable(
        file,
        "gff3",
        pd.DataFrame(cells, dtype=str),
        np.array([line for _, _, line in sequences], np.int64),
        sequence_column="sequence",
        name_column="name",
        header=True,
        features=tuple(features),
        one_based=True,
        notices=remarks.notices(),
    )


def _table(
    file: TextFile, rows: list[list[str]], attributes: list[dict[str, str]], numbers: list[int], remarks: Remarks
) -> RawTable:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(_FIXED)}
    keys = dict.fromkeys(key for found in attributes for key in found)
    notices = remarks.notices()
    if len(keys) <= _MOST_ATTRIBUTES:
        taken = {name.lower() for name in columns}
        for key in keys:
            column = f"attribute {key}" if key.lower() in taken and key != "Name" else key
            if key != "Name":
                columns[column] = [found.get(key, "") for found in attributes]
    else:
        kept = [key for key in _NAMES if key in keys and key != "Name"]
        columns |= {key: [found.get(key, "") for found in attributes] for key in kept}
        rest = len(keys) - len(kept) - ("Name" in keys)
        notices += (notice(rest, "kind", "of attribute left out, more than a table has room for.", file.name),)
    if not rows:
        notices += (NoticeRecord(what="The file holds no feature and no sequence.", where=file.name),)
    return RawTable(
        file,
        "gff3",
        pd.DataFrame(columns, dtype=str),
        np.array(numbers, np.int64),
        kind="intervals",
        header=True,
        one_based=True,
        notices=notices,
    )


READER = Reader(name="gff3", title="GFF3 or GTF", recognises=recognises, read=read, order=0)
