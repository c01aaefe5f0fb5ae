"""Predictions that fit into no table: values in bins and matrices of pairs as ``.npz``, and tracks as bedGraph.

    with bins    ids (N,), tracks (T,), values (N, T, B), bin_width (), first_letter ()
    with pairs   ids (N,), lengths (N,), probabilities_0 (L, L), probabilities_1 (L, L) ... in the order of the ids

``values`` are expected counts, float32, in the order of the letters as they were given, and NaN in bins that no letter
of the sequence reaches. Bin b covers letters ``first_letter + b * bin_width`` to ``+ bin_width``, counted from 0. Each
matrix is symmetric, of its own sequence's length. Arrays are written as they are computed, so that the predictions of
many sequences need not fit into memory.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

from seqdl_core.errors import ConfigError, DataError

if TYPE_CHECKING:
    from seqdl_core.commands._sources import LoadedSequences, Places
    from seqdl_core.model_file import Model

_AT_ONCE = 256


def write_bins(model: "Model", loaded: "LoadedSequences", out: Path | None, folder: Path | None) -> str:
    """Write expected counts to ``out`` and, as a bedGraph file for each track, into ``folder``; say what was written.

    Raises:
        DataError: for a folder where it is not known where the sequences lie.
    """
    width, first = bins_of(model)
    places = places_of(loaded) if folder else None
    card, told = model.card, []
    kept: list[Float32[np.ndarray, "N T B"]] = []
    blocks = _values(model, loaded, first, width)
    if out is not None:
        with _opened(out) as archive:
            _write(archive, "ids", np.array(loaded.ids, str))
            _write(archive, "tracks", np.array(card.target_names, str))
            _write(archive, "bin_width", np.array(width))
            _write(archive, "first_letter", np.array(first))
            shape = (len(loaded.ids), card.targets, card.bins)
            with archive.open("values.npy", "w", force_zip64=True) as member:
                header = {"descr": "<f4", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_2_0(member, header)
                for block in blocks:
                    member.write(block.astype("<f4").tobytes())
                    kept += [block] if folder else []
        told.append(f"{out} holds values of {shape[0]:,} sequences x {shape[1]:,} tracks x {shape[2]:,} bins.")
    if folder is not None and places is not None:
        values = np.concatenate(kept or list(blocks))
        written = _bedgraphs(folder, card.target_names, values, places, first, width)
        told.append(f"{folder} holds {written:,} bedGraph file{'' if written == 1 else 's'}.")
    return " ".join(told)


def write_pairs(model: "Model", loaded: "LoadedSequences", out: Path) -> str:
    """Write the probability of each pair to ``out``; say what was written."""
    from seqdl_core.predict import rows_at_once, scores
    from seqdl_core.sequences.alphabets import encode_all

    rows = rows_at_once(model.card.length, _AT_ONCE, pairs=True)
    with _opened(out) as archive:
        _write(archive, "ids", np.array(loaded.ids, str))
        _write(archive, "lengths", np.array([len(sequence) for sequence in loaded.sequences]))
        for start in range(0, len(loaded.ids), rows):
            sequences = loaded.sequences[start : start + rows]
            read = model.task.activation(scores(model, encode_all(sequences, model.alphabet, model.card.length), rows))
            for number, (sequence, matrix) in enumerate(zip(sequences, read[:, 0], strict=True), start):
                own = np.ascontiguousarray(matrix[: len(sequence), : len(sequence)], "<f4")
                _write(archive, f"probabilities_{number}", own)
    return f"{out} holds matrices of pairs of {len(loaded.ids):,} sequences."


def bins_of(model: "Model") -> tuple[int, int]:
    """The letters of a bin, and the letter that the first bin begins at, from 0; bins lie in the sequence's middle."""
    from seqdl_core.config import parse
    from seqdl_core.models._bins import HasBins
    from seqdl_core.own_networks import architecture_named

    card = model.card
    config = parse(architecture_named(card.architecture).config, card.architecture_config)
    width = config.bin_width() if isinstance(config, HasBins) else card.length // card.bins
    return width, (card.length - card.bins * width) // 2


def places_of(loaded: "LoadedSequences") -> "Places":
    """Where the sequences lie.

    Raises:
        DataError: where that is not known of all.
    """
    if loaded.places is None:
        raise DataError(
            "It is not known where the sequences lie in a genome.",
            where="--bedgraph",
            fix="Give a data set that was cut from a genome, or leave the option away.",
        )
    return loaded.places


def require_npz(out: str | None, what: str) -> Path:
    """The file for arrays. Raises ConfigError where none is given, or one of another ending."""
    if out and out.lower().endswith(".npz"):
        return Path(out)
    raise ConfigError(
        f"The model predicts {what}, which do not fit into a table of sequences.",
        where="--out",
        fix="Give a file for arrays: --out FILE.npz, to be read with numpy.load.",
    )


def _values(
    model: "Model", loaded: "LoadedSequences", first: int, width: int
) -> Iterator[Float32[np.ndarray, "N T B"]]:
    """Expected counts a few sequences at a time, NaN in bins without a letter."""
    from seqdl_core.predict import rows_at_once, scores
    from seqdl_core.sequences.alphabets import encode_all

    rows = rows_at_once(model.card.length, _AT_ONCE)
    begins = first + width * np.arange(model.card.bins)
    for start in range(0, len(loaded.ids), rows):
        sequences = loaded.sequences[start : start + rows]
        read = model.task.activation(scores(model, encode_all(sequences, model.alphabet, model.card.length), rows))
        ends = np.array([len(sequence) for sequence in sequences])
        yield np.where(begins < ends[:, None, None], read, np.nan).astype(np.float32)


def _bedgraphs(
    folder: Path,
    names: tuple[str, ...],
    values: Float32[np.ndarray, "N T B"],
    places: "Places",
    first: int,
    width: int,
) -> int:
    """A file a track; where windows overlap, the mean of what is expected there."""
    from seqdl_core.files import replace_file

    starts, ends = np.array(places.starts)[:, None], np.array(places.ends)[:, None]
    offsets = first + width * np.arange(values.shape[2])
    minus = np.array(places.minus)[:, None]
    begins = np.where(minus, ends - offsets - width, starts + offsets)
    chromosomes = np.array(places.chromosomes, dtype=object)
    plain = [re.sub(r"[^\w.+-]+", "_", name)[:80] for name in names]
    files = [name if plain.count(name) == 1 else f"{name}_{number}" for number, name in enumerate(plain, 1)]
    for number in range(len(names)):
        lines = []
        for chromosome in dict.fromkeys(places.chromosomes):
            rows = chromosomes == chromosome
            here, counts = begins[rows], values[rows, number]
            known = np.isfinite(counts)
            lines += _merged(chromosome, here[known], width, counts[known].astype(np.float64))
        replace_file(folder / f"{files[number]}.bedGraph", "".join(lines))
    return len(names)


def _merged(chromosome: str, begins: NDArray[np.int64], width: int, values: NDArray[np.float64]) -> list[str]:
    """Lines in order and without overlap: between two ends of bins the mean of the bins that lie there."""
    edges = np.unique(np.concatenate([begins, begins + width]))
    sums, counts = np.zeros(len(edges)), np.zeros(len(edges), np.int64)
    for places, sign in ((np.searchsorted(edges, begins), 1), (np.searchsorted(edges, begins + width), -1)):
        np.add.at(sums, places, sign * values)
        np.add.at(counts, places, sign)
    sums, counts = np.cumsum(sums), np.cumsum(counts)
    return [
        f"{chromosome}\t{begin}\t{end}\t{max(total / count, 0):.6g}\n"
        for begin, end, total, count in zip(
            edges[:-1].tolist(), edges[1:].tolist(), sums.tolist(), counts.tolist(), strict=False
        )
        if count
    ]


@contextmanager
def _opened(out: Path) -> Iterator[zipfile.ZipFile]:
    from seqdl_core.files import replacing

    with replacing(out) as file, zipfile.ZipFile(file, "w") as archive:
        yield archive


def _write(archive: zipfile.ZipFile, name: str, array: NDArray[np.generic]) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, array, allow_pickle=False)
