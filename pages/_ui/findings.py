"""What the import page says about what was found, ready for Markdown, with people's words escaped."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from seqdl_core.config import fields_of
from seqdl_core.figures.text import count, markdown, percent, plural, size

if TYPE_CHECKING:
    import pandas as pd

    from seqdl_core.data.importing import FilePreview, Inspection, Summary
    from seqdl_core.errors import SeqDLError
    from seqdl_core.sequences.readers import NoticeRecord


def files_line() -> str:
    """Which files can be brought, and how large they may be."""
    most = st.get_option("server.maxUploadSize")
    return f"FASTA, FASTQ, tables, workbooks, GenBank, BED, VCF and more, up to {most} MB each; gzip and zip are fine."


def import_line(found: "Inspection") -> str:
    """``2 files, 205 kB, read in 0.3 s. Nothing was dropped or changed. Each box corrects its line.``"""
    if not found.findings:
        return f"{plural(found.files, 'file')}; what stands in the way is said below."
    if found.problems and not found.tables:
        return f"{plural(found.files, 'file')}, {size(found.bytes)}; one thing stands in the way."
    if found.in_batches:
        return (
            f"{plural(found.files, 'file')}, {size(found.bytes)}; a part of it was looked at, saving checks all of it."
        )
    read = f"{plural(found.files, 'file')}, {size(found.bytes)}, read in {max(found.seconds, 0.1):.1f} s"
    changed = [notice for notice in found.notices if notice.count]
    told = "What was changed or assumed is listed below" if changed else "Nothing was dropped or changed"
    return f"{read}. {told}. Each box corrects its line."


def waits_for_negatives(found: "Inspection") -> bool:
    """Whether saving waits for the choice of negatives."""
    return found.positives_only and bool(found.problems) and found.choices.negatives in ("ask", "auto")


def other_problems(found: "Inspection") -> "tuple[SeqDLError, ...]":
    """What stands in the way besides missing negatives, which the importer names last."""
    return found.problems[:-1] if waits_for_negatives(found) else found.problems


def positives_only_text(found: "Inspection") -> str:
    """Why positives alone do not do, under the title that says so."""
    return (
        f"{markdown(found.problems[-1].where)}, so a network has nothing to tell them from. Shuffled copies that keep "
        "each sequence's dinucleotide counts are the usual negatives; they are redrawn every epoch."
    )


def unlabelled_text(found: "Inspection") -> str:
    """What can be done with sequences without labels; "" where there are labels, or something stands in the way."""
    if found.problems or found_value(found, "task") != "unlabelled":
        return ""
    return (
        "**These can be scored, or learned from without labels.** A trained network scores all of them with "
        "`python -m seqdl_core predict MODEL --sequences FILE`, and one at a time on *Mutation bench*, under *Bring "
        "your own*. Saved as a data set, *Design* offers to learn their hidden letters; only that sets rows apart as a "
        "test."
    )


def offers_genome(found: "Inspection") -> bool:
    """Whether windows of the genome can serve as negatives, because the rows have places in one."""
    return "--negatives genome" in found.problems[-1].fix


def negatives_badge(found: "Inspection") -> str:
    """Where the negatives come from."""
    if found.choices.negatives == "genome":
        return "Negatives are windows of the genome with the same length and GC"
    return "Negatives are dinucleotide shuffles of the positives"


_OF_ROWS = re.compile(r"(?:row|interval|window|variant|mutant|record|sequence)s? .*\bleft out\b")


def left_out_badge(found: "Inspection") -> str:
    """``2,310 rows left out``; "" where all are kept."""
    number = len(found.dropped) + found.unlisted[0]
    return f"{plural(number, 'row')} left out" if number else ""


def left_out_reasons(found: "Inspection") -> "list[NoticeRecord]":
    """Why rows are left out, where any are."""
    return [told for told in found.notices if told.count and _OF_ROWS.match(told.what)] if len(found.dropped) else []


def other_notices(found: "Inspection") -> "list[NoticeRecord]":
    """What else was changed or assumed."""
    reasons = left_out_reasons(found)
    return [told for told in found.notices if told not in reasons]


def listed_rows(rows: "pd.DataFrame", more: int) -> str:
    """How many of the rows that were left out, or changed, a file lists: ``12``, ``the first 10,000 of 54,024``."""
    return f"the first {count(len(rows))} of {count(len(rows) + more)}" if more else count(len(rows))


REMEDIES = {
    "ambiguous": ("Ambiguous letters", (("auto", "Read them as unknown"), ("refuse", "Refuse the file"))),
    "lengths": ("Unequal lengths", (("auto", "Fill up when used"), ("crop", "Cut to shortest"), ("refuse", "Refuse"))),
    "duplicates": ("Repeated sequences", (("keep", "Keep all"), ("drop", "Leave out repeats"))),
    "bad_rows": ("Rows that cannot be read", (("refuse", "Refuse the file"), ("drop", "Leave these rows out"))),
}
_WORDS = {"ambiguous": "ambiguous", "lengths": "shorter than", "bad_rows": "`--bad-rows"}


def remedies(found: "Inspection") -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """Choices that only matter for some files: setting, title, options. Shown where they would change something."""
    problems = " ".join(f"{problem.what} {problem.fix}" for problem in found.problems).lower()
    said = problems + " ".join(notice.what for notice in found.notices).lower()
    defaults = type(found.choices)()
    wanted = {name: getattr(found.choices, name) != getattr(defaults, name) for name in REMEDIES}
    wanted |= {name: wanted[name] or word in said for name, word in _WORDS.items()}
    wanted["duplicates"] |= bool(found.summary and found.summary.duplicates)
    return [(name, *REMEDIES[name]) for name in REMEDIES if wanted[name]]


def preview_title(preview: "FilePreview") -> str:
    """``ELK1_…_AC · 5,084`` for the switch between files."""
    return f"{markdown(preview.short, 30)} · {count(preview.rows)}"


def found_value(found: "Inspection", key: str) -> str:
    """What one of the lines found, such as ``dna`` for the alphabet; "" where there is no such line."""
    return next((finding.value for finding in found.findings if finding.key == key), "")


def has_gc(found: "Inspection") -> bool:
    """Whether the share of G and C means anything: not for proteins, nor while the alphabet is open."""
    return found_value(found, "alphabet") in ("dna", "rna")


def unseen_corrections(found: "Inspection", choices: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Corrections in force that no line shows, so that they can be taken back: setting, title, value."""
    shown = {finding.choice for finding in found.findings} | {setting for setting, _, _ in remedies(found)}
    titles = {field.name: field.title for field in fields_of(type(found.choices))}
    return [(name, titles[name], value) for name, value in choices.items() if name not in shown and name != "negatives"]


def summary_metrics(found: "Inspection", summary: "Summary") -> list[tuple[str, str, str]]:
    """Counts over all rows."""
    strands = found_value(found, "alphabet") == "dna"
    labels = "both labels" if found_value(found, "task") == "binary" else "different labels"
    rows = [
        ("Duplicates", count(summary.duplicates), f"of {count(summary.rows)}"),
        ("Conflicting labels", count(summary.conflicting), f"same sequence, {labels}"),
        (
            "Shared between parts",
            count(sum(number for number, _, _ in summary.shared.told())),
            "exact or reverse complement" if strands else "the same sequence",
        ),
    ]
    if summary.gc is not None:
        negatives, positives = summary.gc_test_negatives, summary.gc_test_positives
        both = negatives is not None and positives is not None
        test = f"test: {percent(positives)} positives, {percent(negatives)} negatives" if both else ""
        rows.append(("GC, mean", percent(summary.gc), test))
    return rows


def notices_title(notices: "Sequence[NoticeRecord]") -> str:
    """What the expander over the notices says."""
    return f"{plural(len(notices), 'thing')} changed or assumed"
