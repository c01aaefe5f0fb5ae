"""A class for each residue, FASTA files of proteins and peptides, and alignments."""

import gzip
from collections.abc import Iterator

from benchmarks._field_files import Make, fasta, field, lines
from benchmarks._layout_files import Layout


def layouts() -> Iterator[Layout]:
    """The layouts of this module, each with the answer that a careful person would give."""
    make = Make("residues")
    rows = [(f"1A{i:02d}", "A", make.protein(50), "".join(make.random.choices("HEC", k=50))) for i in range(30)]
    files = {"ss.csv": lines([("pdb_id", "chain_code", "seq", "sst3", "len")] + [(*r, 50) for r in rows])}
    yield field("secondary structure CSV seq, sst3", files, "residues protein 30", label="sst3", first=rows[0][2:])
    disorder = [(f"DP{i:05d}", make.protein(50), "".join(make.random.choices("01", k=50))) for i in range(30)]
    files = {"disorder.fasta": "".join((f">{a}\n{s}\n{y}\n" for a, s, y in disorder))}
    yield field("disorder, three-line FASTA with 0/1", files, "residues protein 30", first=disorder[0][1:])
    files = {
        "sequences.fasta": fasta([(r[0], r[2]) for r in rows], 60),
        "labels.fasta": fasta([(r[0], r[3]) for r in rows], 60),
    }
    yield field("sequences.fasta and labels.fasta joined by id", files, "residues protein 30", first=rows[0][2:])
    peptides = [
        (f"P{i:05d}|EUKARYA|{make.pick(['SP', 'NO_SP'])}|{i % 3}", make.protein(50), "".join(["S" * 20 + "O" * 30]))
        for i in range(30)
    ]
    # class in the header or letters of the third line
    files = {"signalp.fasta": "".join((f">{a}\n{s}\n{y}\n" for a, s, y in peptides))}
    yield field("SignalP 6 three-line records", files, "residues protein 30", official=True)

    make = Make("pfa")
    positives = [(f"AP{i:05d}", make.peptide()) for i in range(25)]
    negatives = [(f"UniRef50_{i}", make.peptide()) for i in range(25)]
    files = {"positive.fasta": fasta(positives), "negative.fasta": fasta(negatives)}
    yield field("positive.fasta and negative.fasta", files, "binary protein 50", label="(file)")
    files = {
        f"{f}.fa.gz": gzip.compress(fasta([(f"{f}{i}", make.protein()) for i in range(12)], 60).encode(), mtime=0)
        for f in ("kinase", "protease", "GPCR", "transporter")
    }
    yield field("one FASTA a family, gzipped", files, "multiclass protein 48", label="(file)")
    # the first version of this file had only one class among its test rows, by a slip
    headers = [f"s{i}|{make.pick('01')}|{'training' if i % 4 else 'testing'}" for i in range(40)]
    files = {"data.fasta": fasta([(header, make.peptide()) for header in headers])}
    yield field("iLearn header with split", files, "binary protein 40", official=True)
    files = {
        "gb1.fasta": fasta(
            [
                (
                    f"Sequence{i} TARGET={make.number()} SET={'train' if i % 4 else 'test'} "
                    f"VALIDATION={'True' if i % 8 == 1 else 'False'}",
                    make.protein(),
                )
                for i in range(40)
            ]
        )
    }
    yield field("FLIP FASTA keys", files, "regression protein 40", label="TARGET", official=True)
    files = {"peptides.fa": fasta([(f"pep{i}_{('pos' if i % 2 else 'neg')}", make.peptide()) for i in range(40)])}
    yield field("names ending in _pos and _neg", files, "binary protein 40", label_names=("neg", "pos"))
    aligned = [(f"sp{i}", make.protein(60)) for i in range(20)]
    files = {
        "family.aln": "CLUSTAL O(1.2.4) multiple sequence alignment\n\n\n"
        + "\n".join((f"{i:<12}{s}" for i, s in aligned))
        + "\n"
        + " " * 12
        + "*\n"
    }
    yield field("Clustal alignment", files, "unlabelled protein 20", first=(aligned[0][1],))
    files = {
        "PF00042.sto": "# STOCKHOLM 1.0\n#=GF ID Globin\n#=GF AC PF00042.25\n"
        + "".join((f"{i}/1-60       {s}\n" for i, s in aligned))
        + "//\n"
    }
    yield field("Pfam Stockholm", files, "unlabelled protein 20", first=(aligned[0][1],))
    rows = ["".join(make.random.choices("ACGT", k=make.random.randint(8, 14))) for _ in range(30)]
    files = {"peptides.csv": lines([("peptide", "active")] + [(s, make.pick([0, 1])) for s in rows])}
    yield field("peptides.csv whose peptides are only A, C, G, T", files, form="alphabet")
    # two chains in a cell: not one sequence; no silent joining
    files = {
        "complexes.csv": lines(
            [("id", "sequence")] + [(f"c{i}", make.protein(40) + ":" + make.protein(30)) for i in range(20)]
        )
    }
    yield field("colon pairs of chains", files, form="sequence_column")
