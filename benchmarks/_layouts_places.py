"""Layouts of intervals, tracks and variants, of mutational scans, residue labels and annotated records."""

from pathlib import Path

from benchmarks._layout_files import (
    AMINO,
    as_json,
    classes,
    dna,
    fasta,
    genome,
    layout,
    named,
    numbers,
    packed,
    places,
    protein,
    table,
)

WINDOWS = {"task": "binary", "alphabet": "dna", "rows": 40}


@layout("BED3: positives and negatives with a genome", **WINDOWS, label="(file)", length=100)
def _bed_pair(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    halves = [[column[:20] for column in places(40)], [column[20:] for column in places(40)]]
    names = ("positives.bed", "negatives.bed")
    return [fa, *(table(folder / name, "", half, "\t") for name, half in zip(names, halves, strict=True))]


@layout("narrowPeak with a genome", form="negatives")
def _narrow_peaks(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    rest = [named(40, "peak"), ["500"] * 40, ["."] * 40, numbers(), ["5.1"] * 40, ["3.2"] * 40]
    summits = ["-1" if n == 3 else str(40 + n % 20) for n in range(40)]
    return [fa, packed(table(folder / "peaks.narrowPeak", "", [*places(40, 150), *rest, summits], "\t"))]


@layout("a table of intervals with labels", **WINDOWS, label="label")
def _interval_table(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    return [fa, table(folder / "regions.csv", "chrom,start,end,label", [*places(40), classes(40, "1", "0")])]


@layout("region strings with labels", **WINDOWS)
def _regions(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    chroms, starts, ends = places(40)
    said = [f"{c}:{int(s) + 1}-{e}" for c, s, e in zip(chroms, starts, ends, strict=True)]
    return [fa, table(folder / "regions.txt", "", [said, classes(40, "1", "0")], "\t")]


@layout("genomic_benchmarks: id,region,start,end,strand", **WINDOWS, split_way="files")
def _genomic_benchmarks(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    chroms, starts, ends = places(40)
    made = [fa]
    for number, name in enumerate(("train/positive", "train/negative", "test/positive", "test/negative")):
        part = slice(10 * number, 10 * number + 10)
        columns = [named(10), chroms[part], starts[part], ends[part], ["+"] * 10]
        made.append(packed(table(folder / f"{name}.csv", "id,region,start,end,strand", columns)))
    return made


@layout("BED and bedGraph", task="regression", alphabet="dna", rows=40, targets=("signal",))
def _bedgraph(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    track = table(folder / "signal.bedGraph", "track type=bedGraph", [*places(40), numbers()], "\t")
    return [fa, table(folder / "regions.bed", "", places(40), "\t"), track]


@layout("BED pair and chromosomes of each fold", **WINDOWS, split_way="column", counts={"train": 20, "test": 20})
def _fold_json(folder: Path) -> list[Path]:
    parts = as_json(folder / "fold_0.json", {"train": ["chr1"], "valid": [], "test": ["chr2"]})
    return [*_bed_pair(folder), parts]


@layout("CREsted: one BED a class", task="multiclass", alphabet="dna", rows=60, label="(file)")
def _bed_folder(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    made = [fa]
    for number, name in enumerate(("Astro", "Micro", "Oligo")):
        columns = [column[20 * number : 20 * number + 20] for column in places(60)]
        made.append(table(folder / f"{name}.bed", "", columns, "\t"))
    return made


@layout("BED without a genome", form="genome")
def _bed_alone(folder: Path) -> list[Path]:
    return [table(folder / "peaks.bed", "", places(40), "\t")]


@layout("a track alone", refused="intervals")
def _track_alone(folder: Path) -> list[Path]:
    return [table(folder / "signal.bedGraph", "track type=bedGraph", [*places(40), numbers()], "\t")]


@layout("GFF3 and a genome", task="multiclass", alphabet="dna", rows=42)
def _gff(folder: Path) -> list[Path]:
    fa, _ = genome(folder)
    chroms, starts, ends = places(42)
    kinds = classes(42, "promoter", "exon", "terminator")
    columns = [chroms, ["own"] * 42, kinds, [str(int(s) + 1) for s in starts], ends]
    columns += [["."] * 42, ["+"] * 42, ["."] * 42, [f"ID=f{n}" for n in range(42)]]
    return [fa, table(folder / "genes.gff3", "##gff-version 3", columns, "\t")]


def variants(count: int, chromosomes: dict[str, str]) -> list[list[str]]:
    """Columns chrom, pos (from 1), ref, alt."""
    sites = [(("chr1", "chr2")[n % 2], 1000 + 250 * (n // 2)) for n in range(count)]
    refs = [chromosomes[chrom][pos - 1] for chrom, pos in sites]
    alts = ["ACGT"["ACGT".index(ref) - 1] for ref in refs]
    return [[chrom for chrom, _ in sites], [str(pos) for _, pos in sites], refs, alts]


@layout("VCF and a genome", task="unlabelled", alphabet="dna", rows=40)
def _vcf(folder: Path) -> list[Path]:
    fa, chromosomes = genome(folder)
    chroms, positions, refs, alts = variants(40, chromosomes)
    columns = [chroms, positions, named(40, "rs"), refs, alts, ["."] * 40, ["PASS"] * 40, ["."] * 40]
    head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    return [fa, table(folder / "calls.vcf", head, columns, "\t")]


@layout("VCF without a genome", form="genome")
def _vcf_alone(folder: Path) -> list[Path]:
    return _vcf(folder)[1:]


@layout("gReLU: chrom,pos,ref,alt and an effect", task="regression", alphabet="dna", rows=40)
def _effects(folder: Path) -> list[Path]:
    fa, chromosomes = genome(folder)
    return [fa, table(folder / "effects.csv", "chrom,pos,ref,alt,effect", [*variants(40, chromosomes), numbers()])]


@layout("Kircher: saturation and a reference", task="regression", alphabet="dna", rows=60, label="Coefficient")
def _saturation(folder: Path) -> list[Path]:
    [element] = dna(1, 100)
    reference = fasta(folder / "reference.fa", ["LDLR chr19:11089231-11089330"], [element])
    refs = [element[n] for n in range(60)]
    alts = ["-" if n % 7 == 0 else "ACGT"["ACGT".index(ref) - 1] for n, ref in enumerate(refs)]
    header = "Chrom\tPos\tRef\tAlt\tBarcodes\tDNA\tRNA\tCoefficient\tpValue\tElement\tRelease"
    columns = [["19"] * 60, [str(11089231 + n) for n in range(60)], refs, alts, ["12"] * 60]
    columns += [["100"] * 60, ["120"] * 60, numbers(60), ["0.01"] * 60, ["LDLR"] * 60, ["GRCh38"] * 60]
    return [reference, packed(table(folder / "elements.tsv", header, columns, "\t"))]


def scan(wild_type: str, count: int, first: int = 1) -> tuple[list[str], list[str]]:
    """Mutants such as ``A24P``, and their sequences."""
    names, sequences = [], []
    for n in range(count):
        place = n % len(wild_type)
        letter = AMINO[(AMINO.index(wild_type[place]) + 1 + n // len(wild_type)) % 20]
        names.append(f"{wild_type[place]}{place + first}{letter}")
        sequences.append(wild_type[:place] + letter + wild_type[place + 1 :])
    return names, sequences


@layout(
    "ProteinGym: mutant,mutated_sequence,DMS_score,DMS_score_bin", task="regression", alphabet="protein", rows=120,
    label="DMS_score", higher_is="better", first_position=1,
)  # fmt: skip
def _proteingym(folder: Path) -> list[Path]:
    names, sequences = scan(protein(1, 60)[0], 120)
    columns = [names, sequences, numbers(120), classes(120, "0", "1")]
    return [table(folder / "BLAT_ECOLX.csv", "mutant,mutated_sequence,DMS_score,DMS_score_bin", columns)]


@layout("ProteinGym: folds", task="regression", alphabet="protein", rows=120, label="DMS_score", split_way="folds")
def _proteingym_folds(folder: Path) -> list[Path]:
    names, sequences = scan(protein(1, 60)[0], 120)
    folds = [classes(120, "0", "1", "2", "3", "4"), classes(120, "0", "1", "2", "3", "4")]
    contiguous = [str((n % 60) // 12) for n in range(120)]
    header = "mutant,mutated_sequence,DMS_score,fold_random_5,fold_modulo_5,fold_contiguous_5"
    return [table(folder / "folds.csv", header, [names, sequences, numbers(120), *folds, contiguous])]


@layout("MaveDB: hgvs_pro,score and a wild type", task="regression", alphabet="protein", rows=60, label="score")
def _mavedb(folder: Path) -> list[Path]:
    said = "AlaCysAspGluPheGlyHisIleLysLeuMetAsnProGlnArgSerThrValTrpTyr"
    three = {letter: said[3 * place : 3 * place + 3] for place, letter in enumerate(AMINO)}
    [wild_type] = protein(1, 60)
    names, _ = scan(wild_type, 60)
    hgvs = [f"p.{three[name[0]]}{name[1:-1]}{three[name[-1]]}" for name in names]
    columns = [[f"urn:mavedb:1-a-1#{n}" for n in range(60)], ["NA"] * 60, ["NA"] * 60, hgvs, numbers(60), ["0.1"] * 60]
    made = table(folder / "scores.csv", "accession,hgvs_nt,hgvs_splice,hgvs_pro,score,SE", columns)
    return [made, fasta(folder / "wild_type.fasta", ["target"], [wild_type])]


@layout(
    "Variant,Fitness numbered with a signal peptide", task="regression", alphabet="protein", rows=60, label="Fitness",
    first_position=24, higher_is="better",
)  # fmt: skip
def _offset(folder: Path) -> list[Path]:
    [wild_type] = protein(1, 60)
    names, _ = scan(wild_type, 60, 24)
    made = table(folder / "scan.csv", "Variant,Fitness", [names, numbers(60)])
    return [made, fasta(folder / "wt.fasta", ["wt"], [wild_type])]


@layout("a lab sheet with replicates", task="regression", alphabet="protein", rows=61, label="Activity")
def _lab_sheet(folder: Path) -> list[Path]:
    from openpyxl import Workbook

    [wild_type] = protein(1, 60)
    names, _ = scan(wild_type, 60)
    book = Workbook()
    book.active.append(["Mutation", "Activity", "Rep1", "Rep2"])
    for name, value in zip(["WT", *names], map(float, numbers(61)), strict=True):
        book.active.append([name, value, value + 0.1, value - 0.1])
    book.save(folder / "sheet.xlsx")
    return [folder / "sheet.xlsx", fasta(folder / "wt.fasta", ["wt"], [wild_type])]


@layout("nn4dms: lists of rows", task="regression", alphabet="protein", rows=60, split_way="column", label="score")
def _indices(folder: Path) -> list[Path]:
    names, _ = scan(protein(1, 60)[0], 60)
    pairs = [f"{name},{names[(n + 7) % 60]}" for n, name in enumerate(names)]
    columns = [pairs, ["2"] * 60, numbers(60), numbers(60)]
    made = [table(folder / "avgfp.tsv", "variant\tnum_mutations\tscore\tscore_wt_norm", columns, "\t")]
    for name, rows in (("train", range(40)), ("tune", range(40, 50)), ("stest", range(50, 60))):
        (folder / f"{name}.txt").write_text("\n".join(map(str, rows)) + "\n")
        made.append(folder / f"{name}.txt")
    return made


@layout("doses as columns", form="label_column")
def _doses(folder: Path) -> list[Path]:
    names, _ = scan(protein(1, 60)[0], 60)
    columns = [names, numbers(60), numbers(60), numbers(60)]
    return [table(folder / "doses.csv", "mutant,39,156,2500", columns), *_wild_type(folder, names)]


def _wild_type(folder: Path, names: list[str]) -> list[Path]:
    letters = {int(name[1:-1]): name[0] for name in names}
    return [fasta(folder / "wt.fasta", ["wt"], ["".join(letters[n] for n in sorted(letters))])]


@layout("binding constants", task="regression", alphabet="protein", rows=40, label="IC50", higher_is="worse")
def _constants(folder: Path) -> list[Path]:
    values = [value.lstrip("-") for value in numbers()]
    return [table(folder / "affinity.csv", "peptide,IC50", [protein(40, 9), values])]


@layout("ColabFold: id,sequence", task="unlabelled", alphabet="protein", rows=20)
def _colabfold(folder: Path) -> list[Path]:
    return [table(folder / "queries.csv", "id,sequence", [named(20), protein(20)])]


@layout("UniProt table", task="unlabelled", alphabet="protein", rows=20)
def _uniprot_table(folder: Path) -> list[Path]:
    sequences = protein(20)
    columns = [named(20, "P1000"), named(20, "NAME_"), sequences, [str(len(s)) for s in sequences]]
    return [table(folder / "uniprot.tsv", "Entry\tEntry Name\tSequence\tLength", columns, "\t")]


@layout(
    "FLIP: residue labels and a mask", task="residues", alphabet="protein", rows=40, split_way="column",
    counts={"train": 24, "validation": 6, "test": 10},
)  # fmt: skip
def _residues(folder: Path) -> list[Path]:
    sequences = protein(40)
    labels = ["".join("HEC"[(n + len(s)) // 5 % 3] for n in range(len(s))) for s in sequences]
    masks = ["0" + "1" * (len(s) - 1) for s in sequences]
    titles = [f"1es{n}-A SET={'test' if n >= 30 else 'train'} VALIDATION={24 <= n < 30}" for n in range(40)]
    plain = [title.split()[0] for title in titles]
    return [
        fasta(folder / "sequences.fasta", plain, sequences),
        fasta(folder / "sampled.fasta", titles, labels),
        fasta(folder / "mask.fasta", plain, masks),
    ]


def _records(count: int) -> list[str]:
    return dna(count, 600)


@layout("GenBank: features of several kinds", task="binary", alphabet="dna", rows=40)
def _genbank(folder: Path) -> list[Path]:
    text = []
    for number, letters in enumerate(_records(20)):
        text.append(f"LOCUS       REC{number:05}               600 bp    DNA     linear   SYN 01-JAN-2020")
        text += ["DEFINITION  made by hand.", f"ACCESSION   REC{number:05}", "FEATURES             Location/Qualifiers"]
        text += ["     source          1..600", "     promoter        11..110", '                     /label="p"']
        text += ["     terminator      301..400", '                     /label="t"', "ORIGIN"]
        for at in range(0, 600, 60):
            row = letters[at : at + 60].lower()
            text.append(f"{at + 1:>9} " + " ".join(row[n : n + 10] for n in range(0, 60, 10)))
        text.append("//")
    (folder / "plasmids.gb").write_text("\n".join(text) + "\n")
    return [folder / "plasmids.gb"]


@layout("EMBL: features of several kinds", task="binary", alphabet="dna", rows=40)
def _embl(folder: Path) -> list[Path]:
    text = []
    for number, letters in enumerate(_records(20)):
        text += [f"ID   REC{number:05}; SV 1; linear; genomic DNA; STD; SYN; 600 BP.", "XX"]
        text += [f"AC   REC{number:05};", "XX", "FH   Key             Location/Qualifiers"]
        text += ["FT   source          1..600", "FT   promoter        11..110"]
        text += ["FT   terminator      301..400", "XX", "SQ   Sequence 600 BP; 150 A; 150 C; 150 G; 150 T; 0 other;"]
        for at in range(0, 600, 60):
            row = letters[at : at + 60].lower()
            text.append("     " + " ".join(row[n : n + 10] for n in range(0, 60, 10)) + f"{at + 60:>10}")
        text.append("//")
    (folder / "records.embl").write_text("\n".join(text) + "\n")
    return [folder / "records.embl"]


@layout("GFF3 with its sequence", task="multiclass", alphabet="dna", rows=42)
def _gff_fasta(folder: Path) -> list[Path]:
    fa, gff = _gff(folder)
    gff.write_text(gff.read_text() + "##FASTA\n" + fa.read_text())
    return [gff]


@layout("Stockholm: an alignment", task="unlabelled", alphabet="protein", rows=20)
def _stockholm(folder: Path) -> list[Path]:
    rows = [f"seq{n}/1-40   {sequence}" for n, sequence in enumerate(protein(20, 40))]
    (folder / "family.sto").write_text("# STOCKHOLM 1.0\n#=GF ID FAM\n" + "\n".join(rows) + "\n//\n")
    return [folder / "family.sto"]


@layout("FASTQ", task="unlabelled", alphabet="dna", rows=20)
def _fastq(folder: Path) -> list[Path]:
    (folder / "reads.fastq").write_text("".join(f"@r{n}\n{s}\n+\n{'I' * 60}\n" for n, s in enumerate(dna(20))))
    return [folder / "reads.fastq"]
