"""Which genome coordinates refer to: one of the files brought, or a file on this machine, and whether it fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seqdl_core.data.allowed import allowed_file
from seqdl_core.data.choices import ImportChoices
from seqdl_core.data.findings import Finding, listed
from seqdl_core.errors import DataError, ReadError, suggest
from seqdl_core.sequences.contigs import build_title, match_contigs
from seqdl_core.sequences.genome import Genome
from seqdl_core.sequences.readers import RawTable


@dataclass(frozen=True, eq=False)
class FoundGenome:
    """A genome, and the name of the file among those brought that holds it; ``""`` for a path on this machine."""

    genome: Genome
    used: str = ""


def find_genome(
    tables: Sequence[RawTable],
    contigs: Sequence[str],
    choices: ImportChoices,
    folders: Sequence[Path] | None = None,
) -> FoundGenome:
    """The genome that the person chose, or the one brought file whose records bear the contigs' names.

    Args:
        tables: all files that were brought.
        contigs: the names of contigs that intervals or variants mention.
        folders: the folders that the path of a genome may lead into; None allows all. The name of a brought file that
            holds no records is no way around them.

    Raises:
        DataError: where there is none, or more than one, or the path leads elsewhere.
        ReadError: where the chosen file cannot be read as a genome.
    """
    records = [table for table in tables if table.kind == "sequences" and table.name_column and table.sequence_column]
    wanted = choices.genome.strip()
    if wanted:
        named = [table for table in records if wanted in (table.file.name, table.file.name.rsplit("/", 1)[-1])]
        if named:
            return FoundGenome(Genome.of_table(named[0]), named[0].file.name)
        path = Path(wanted).expanduser() if folders is None else allowed_file(wanted, folders)
        if not _is_file(path):
            names = [table.file.name for table in records]
            raise ReadError(
                f"There is no genome file called '{wanted[:200]}'.",
                where="genome",
                fix=suggest(wanted, names) or "Give the path of a FASTA file on this machine.",
            )
        return FoundGenome(Genome.open(path))
    asked = dict.fromkeys(contigs)
    fitting = [table for table in records if match_contigs(asked, table.cells[table.name_column].tolist())]
    if len(fitting) == 1:
        return FoundGenome(Genome.of_table(fitting[0]), fitting[0].file.name)
    if fitting:
        raise DataError(
            f"{len(fitting)} files have contigs of these names, so it is open which one the coordinates refer to.",
            where=", ".join(table.file.name for table in fitting),
            fix="Choose the genome (`--genome FILE`).",
        )
    shown = ", ".join(list(asked)[:3])
    what = f"Coordinates alone ({shown}) hold no letters: a genome is needed"
    fix = "Bring the genome's FASTA file as well, or give its path on this machine (`--genome FILE`)"
    beside = list(dict.fromkeys(table.file.name for table in tables if table.kind == "sequences"))
    if beside:
        what += f", and no record of {listed(beside)} is called so"
        fix += f"; or bring {listed(beside)} alone, to learn from the sequences there"
    raise DataError(
        f"{what}.",
        where=", ".join(dict.fromkeys(table.file.name for table in tables if table.kind in ("intervals", "variants"))),
        fix=f"{fix}.",
    )


def about_genome(genome: Genome, asked: Sequence[str], inside: int, total: int, noun: str, chosen: str) -> Finding:
    """Which genome it is, what tells its build, and how many rows lie inside.

    Args:
        asked: the contigs that rows mention.
        noun: what a row is (``interval``).
        chosen: the person's words for the genome, if any.
    """
    sentence = f"Sequences are cut from {genome.name}"
    sentence += f", which is {build_title(genome.build)}." if genome.build else "."
    known = "lengths of its contigs" if len(genome.contigs) > 1 else "length of its contig"
    tell = f"The {known} are those of {genome.build}" if genome.build else f"The {known} tell no build"
    if len(genome.contigs) == 1:
        tell = tell.replace(" are those", " is that").replace(" tell no", " tells no")
    lie = f"all {total:,} {noun}s lie inside" if inside == total else f"{inside:,} of {total:,} {noun}s lie inside"
    renamed = {name: own for name, own in genome.resolve(asked).items() if name != own}
    also = next((f"; {name} is read as {own}" for name, own in renamed.items()), "")
    return Finding("genome", "genetics", sentence, f"{tell}; {lie}{also}", "genome", chosen or genome.name, ())


def renamed_contigs(names: Mapping[str, str]) -> str:
    """``1 is chr1``, for the first contig that the genome calls otherwise; ``""`` where there is none."""
    return next((f"{name} is {own}" for name, own in names.items() if name != own), "")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
