"""DeepBind's parameter files, release 0.11: text, one ``name = numbers`` a line (:mod:`seqdl_core.models.deepbind`).

    line                         what it is
    # ...                        a comment
    reverse_complement = 1       both strands are scored (DNA); 0: one (RNA)
    num_detectors = 16           d
    detector_len = 24            m
    has_avg_pooling = 0          1: the mean of each detector beside its maximum
    num_hidden = 0               H; 0, or 1, for a plain vote, as the authors' scorer counts
    detectors = ...              m x 4 x d numbers: position, then letter A, C, G, T, then detector
    thresholds = ...             d, added to what a detector finds (whatever the line is called)
    weights1 = ...               pooled x H; with means: max of detector 0, mean of it, max of detector 1, ...
    biases1 = ...                H
    weights2 = ...               H, or nothing
    biases2 = ...                1, or nothing

The file decides every setting but one. The score is the raw one, before the logistic function, in a unit of its own for
each file. The authors' scorer takes a sequence longer than 1.5 m in windows of that length and keeps the best, and so
does the network here, unless ``windows=false`` is asked for: then it reads the whole sequence at once. Sequences
shorter than L are filled with unknown letters at the end, as all are, by theirs and ours, with m - 1 at both ends.
"""

import re
from pathlib import Path

import torch
from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError

_COUNTS = ("reverse_complement", "num_detectors", "detector_len", "has_avg_pooling", "num_hidden")
_LATER = ("weights1", "biases1", "weights2", "biases2")
_LARGEST = 1 << 24
_FIX = "Give a file of the folder db/params of DeepBind 0.11, called D00xxx.00y.txt."


def _translate(wish: Wish) -> Translated:
    where = wish.path.name
    counts, vectors = _read(wish.path)
    strands, detectors, width, average, hidden = (counts[name] for name in _COUNTS)
    hidden = 0 if hidden == 1 else hidden
    if strands > 1 or average > 1 or not detectors or not width:
        raise ModelFileError("The numbers at the head of the file are none of a network.", where=where, fix=_FIX)
    config = wish.decided(
        {
            "filters": detectors,
            "filter_width": width,
            "hidden": hidden,
            "average_pool": bool(average),
            "both_strands": bool(strands),
            "windows": wish.config.windows if "windows" in wish.chosen else True,
        }
    )
    pooled, units = detectors * (2 if average else 1), hidden or 1
    found = Tensors(vectors, where)
    tensors: dict[str, Tensor] = {
        "detectors.weight": found.take("detectors", width * 4 * detectors)
        .reshape(width, 4, detectors)
        .permute(2, 1, 0),
        "detectors.bias": found.take("thresholds", detectors),
    }
    first = "vote.0" if hidden else "vote"
    tensors[f"{first}.weight"] = found.take("weights1", pooled * units).reshape(pooled, units).T
    tensors[f"{first}.bias"] = found.take("biases1", units)
    if hidden:
        tensors["vote.2.weight"] = found.take("weights2", hidden)[None]
        tensors["vote.2.bias"] = found.take("biases2", 1)
    elif counts["num_hidden"]:
        found.drop("weights2", "biases2")  # the scorer does not look at them where there is one hidden unit
    found.finish()
    return Translated(config, tensors, 1, alphabet="dna" if strands else "rna")


def _read(path: Path) -> tuple[dict[str, int], dict[str, Tensor]]:
    """The counts at the head and the vectors below that are not empty."""
    counts: dict[str, int] = {}
    vectors: dict[str, Tensor] = {}
    last = ""
    for number, line in enumerate(_lines(path), 1):
        where = f"line {number} of {path.name}"
        if not line.strip() or line.startswith("#"):
            continue
        name, sign, value = (part.strip() for part in line.partition("="))
        if last == "detectors" and name not in (*_COUNTS, *_LATER, "detectors"):
            name = "thresholds"
        if not sign or name not in (*_COUNTS, "detectors", "thresholds", *_LATER) or name in (*counts, *vectors):
            raise ModelFileError(
                f"'{line.strip()[:40]}' is no line of a parameter file, or one that was there before.",
                where=where,
                fix=_FIX,
            )
        last = name
        if name in _COUNTS:
            if not re.fullmatch(r"[0-9]{1,6}", value):
                raise ModelFileError(f"{name} is '{value[:40]}', no whole number.", where=where, fix=_FIX)
            counts[name] = int(value)
        else:
            vectors[name] = _numbers(value, where)
    missing = next((name for name in _COUNTS if name not in counts), None)
    if missing is not None:
        raise ModelFileError(f"The file does not say {missing}.", where=path.name, fix=_FIX)
    return counts, {name: vector for name, vector in vectors.items() if len(vector)}


def _lines(path: Path) -> list[str]:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise ModelFileError("This is no parameter file: it is too large, or no file.", where=path.name, fix=_FIX)
    try:
        return path.read_text("ascii").splitlines()
    except UnicodeDecodeError:
        raise ModelFileError("The file is no plain text.", where=path.name, fix=_FIX) from None


def _numbers(value: str, where: str) -> Tensor:
    try:
        return torch.tensor([float(part) for part in value.split(",")] if value else [], dtype=torch.float64)
    except ValueError:
        raise ModelFileError("Not every value is a number.", where=where, fix=_FIX) from None


CONVERTER = Converter(
    name="deepbind-text",
    title="DeepBind's parameter files, release 0.11",
    architecture="deepbind",
    reads="a file of db/params, called D00xxx.00y.txt",
    source="DeepBind 0.11, tools.genes.toronto.edu/deepbind",
    licence="BSD 3-Clause",
    task="regression",
    length=101,
    translate=_translate,
    target_names=("score",),
)
