"""Mutated files that are brought together: intervals and their genome, mutants and their wild type, and so on.

One or two of the files are damaged, or the choices beside them are drawn; the import says what is wrong and raises
nothing.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from benchmarks._fuzz import Fuzzed, folder_in_memory, look_through, watched
from benchmarks._fuzz_mutations import mutate
from benchmarks._fuzz_seeds import Files, seeds, together
from seqdl_core.data.choices import ImportChoices

_CHANGED = 8
"""One set of files in so many stays as it is, so that the choices are tried too."""

_DRAWN: dict[str, tuple[object, ...]] = {
    "window": (0, 1, 7, 40, 1_000_000),
    "negatives": ("shuffle", "genome", "auto", "given"),
    "counting": ("from 0", "from 1"),
    "genome": ("genome.fa", "nowhere.fa", "\0", "regions.bed"),
    "task": ("binary", "multiclass", "multilabel", "regression", "residues", "unlabelled"),
    "label_column": ("label", "score", "(file)", "(none)", "name", "absent", "score;label"),
    "sequence_column": ("sequence", "name", "absent"),
    "alphabet": ("dna", "rna", "protein"),
    "split_way": ("random", "stratified", "chromosome", "group", "similarity", "contiguous"),
    "group_column": ("name", "chromosome", "absent"),
    "bad_rows": ("drop",),
    "ambiguous": ("refuse", "unknown"),
    "lengths": ("refuse", "pad", "crop"),
    "duplicates": ("drop",),
    "wild_type": ("MKVLAAG", "wild.fa", "¿", "ACGTACGTACGT"),
    "first_position": ("0", "-5", "24", "x", "²", "9" * 400),
    "records": ("whole", "features"),
    "track_value": ("sum", "max"),
    "test_file": ("none", "a.fa", "absent"),
    "test_folds": ("1", "1,2", "x"),
    "positive_label": ("1", "absent"),
    "split_column": ("set", "split", "(none)", "absent"),
    "table": ("a.fa", "absent"),
    "decimal": ("comma", "point"),
    "test_fraction": (0.01, 0.99),
    "direction": ("better", "worse"),
    "name_column": ("name", "(none)", "absent"),
    "separator": ("tab", "comma", "semicolon"),
    "reverse_copies": ("keep",),
    "seed": (0, 2**31 - 1),
}


def fuzz_together(name: str, count: int, seed: int) -> Fuzzed:
    """Inspect, and save where that is possible, ``count`` times files of one kind, some of them damaged."""
    rng = random.Random(f"{name} {seed}")
    own = together()[name]
    others = [content for contents in seeds().values() for content in contents]
    result = Fuzzed(name)
    with folder_in_memory() as folder, watched(result) as watch:
        for number in range(count):
            contents = [content for _, content in own]
            choices = ImportChoices()
            if number:
                for place in _damaged_places(len(own), rng):
                    contents[place] = mutate(contents[place], rng.choice(others), rng)
                choices = _drawn(rng)
            paths = _written(folder, own, contents, rng if number else None)
            told = b"\n-----\n".join([*contents, repr(choices.model_dump(exclude_defaults=True)).encode()])

            def work(paths: Sequence[Path] = paths, choices: ImportChoices = choices) -> None:
                result.read += look_through(paths, folder, choices)

            watch(told, work)
            for path in folder.iterdir():
                path.unlink()
    return result


def _damaged_places(count: int, rng: random.Random) -> list[int]:
    if not rng.randrange(_CHANGED):
        return []
    return rng.sample(range(count), 1 if rng.random() < 0.8 else 2)


def _drawn(rng: random.Random) -> ImportChoices:
    """Half the time what is found, else some choices that a person could make, fitting or not."""
    usual = ImportChoices.model_validate({"negatives": rng.choice(("shuffle", "genome", "ask"))})
    if rng.random() < 0.5:
        return usual
    fields = rng.sample(sorted(_DRAWN), rng.choice((1, 1, 2, 4)))
    return usual.model_copy(
        update=ImportChoices.model_validate({name: rng.choice(_DRAWN[name]) for name in fields}).model_dump(
            exclude_unset=True
        )
    )


def _written(folder: Path, own: Files, contents: Sequence[bytes], rng: random.Random | None) -> list[Path]:
    """The files, in any order, under their names or under names that say nothing."""
    plain = rng is not None and rng.random() < 0.1
    paths = []
    for number, ((name, _), content) in enumerate(zip(own, contents, strict=True)):
        path = folder / (f"file{number}" if plain else name)
        path.write_bytes(content)
        paths.append(path)
    if rng is not None and rng.random() < 0.3:
        rng.shuffle(paths)
    return paths
