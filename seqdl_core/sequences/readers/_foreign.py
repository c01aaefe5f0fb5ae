"""Formats of the field that are recognised and refused by name, so that nobody reads a SAM file as a table."""

import re
from dataclasses import dataclass

_SEQUENCES = "Bring the sequences as FASTA, or as a table with one sequence a row."
_MOTIFS = "Motif files are read where motifs are asked for; bring sequences here."


@dataclass(frozen=True)
class Foreign:
    """A format that is not read: how a sentence names it, and what to do instead."""

    title: str
    fix: str = _SEQUENCES


_FORMATS = {
    Foreign("SAM (aligned reads)"): r"@(?:HD|SQ|RG|PG|CO)(?:\t|\n|$)|"
    r"[^\t\n]+\t\d+\t[^\t\n]+\t\d+\t\d+\t(?:\*|(?:\d+[MIDNSHP=X])+)\t",
    Foreign("NBRF/PIR"): r">(?:P1|F1|DL|DC|RL|RC|N1|N3|XX);",
    Foreign("Nexus"): r"#NEXUS",
    Foreign("MEME (motifs)", _MOTIFS): r"MEME version",
    Foreign("JASPAR (motifs)", _MOTIFS): r">[^\n]*\n *[AC] *\[",
    Foreign("TRANSFAC (motifs)", _MOTIFS): r"(?:VV|AC) +[^\n]*\nXX\n",
    Foreign("HTML (a web page)"): r"<!DOCTYPE html|<html",
    Foreign("XML"): r"<\?xml|<[A-Za-z]",
    Foreign("RTF (a word processor's document)"): r"\{\\rtf",
    Foreign("a script"): r"#!",
}
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _FORMATS.items()}
_LOOKED_AT = 20_000


def recognise_foreign(text: str) -> Foreign | None:
    """The format, or ``None`` where it is none of these."""
    start = text[:_LOOKED_AT].lstrip()
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.match(start)), None)
