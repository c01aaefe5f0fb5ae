"""Formats of the field that are recognised and refused by name, so that nobody reads a SAM file as a table."""

import re

_FORMATS = {
    "FASTQ (reads with qualities)": r"@[^\t\n]*\n[^\n]*\n(?:[^\n>]*\n)*?\+",
    "SAM (aligned reads)": r"@(?:HD|SQ|RG|PG|CO)(?:\t|\n|$)|"
    r"[^\t\n]+\t\d+\t[^\t\n]+\t\d+\t\d+\t(?:\*|(?:\d+[MIDNSHP=X])+)\t",
    "VCF (variants)": r"##fileformat=|#CHROM\t",
    "GFF (gene features)": r"##gff-version|##gvf-version|(?:[^\t\n]+\t){3}\d+\t\d+\t[^\t\n]+\t[-+.?]\t[.012]\t",
    "BED (intervals)": r"(?:(?:track|browser)[ \t][^\n]*\n)+|(?:chr\w+|\d+|X|Y|MT?)\t\d+\t\d+(?![^\n]*\t[ACGTUN]{8})",
    "GenBank": r"LOCUS {2,}",
    "EMBL or Swiss-Prot": r"ID {3}\S",
    "NBRF/PIR": r">(?:P1|F1|DL|DC|RL|RC|N1|N3|XX);",
    "Nexus": r"#NEXUS",
    "Stockholm": r"# ?STOCKHOLM",
    "Clustal": r"CLUSTAL|MUSCLE \(|PROBCONS",
    "PDB (a structure)": r"(?:HEADER|ATOM  |CRYST1|MODEL |COMPND|REMARK)[ \d]",
    "mmCIF (a structure)": r"data_\w+\n#",
    "MEME (motifs)": r"MEME version",
    "JASPAR (motifs)": r">[^\n]*\n *[AC] *\[",
    "Wiggle (a track)": r"(?:fixedStep|variableStep)",
    "HTML": r"<!DOCTYPE html|<html",
    "XML": r"<\?xml|<[A-Za-z]",
    "JSON": r"\{\s*[\"}]|\[\s*[\[{\"\d]",
    "RTF (a word processor's document)": r"\{\\rtf",
    "a script": r"#!",
}
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _FORMATS.items()}
_LOOKED_AT = 20_000


def recognise_foreign(text: str) -> str:
    """The name of the format as a sentence uses it, or ``""`` where it is none of these."""
    start = text[:_LOOKED_AT].lstrip()
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.match(start)), "")
