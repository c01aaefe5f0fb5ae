"""Intervals, tracks and variants with their genome; structures of RNA; annotated records."""

import gzip
from collections.abc import Iterator

from benchmarks._field_files import Make, fasta, field, genbank, lines, packed, partners_of, quoted
from benchmarks._layout_files import Layout


def layouts() -> Iterator[Layout]:
    """The layouts of this module, each with the answer that a careful person would give."""
    make = Make("structures")
    rows = [(f"tRNA_{i}", make.rna(30)) for i in range(24)]
    structure = "((((((....))))))..((((....))))"
    # whether each base pairs is learned by default; the structure is kept beside the sequence
    files = {"structures.dbn": "".join((f">{a}\n{s}\n{structure}\n" for a, s in rows))}
    yield field(
        "dot-bracket file, three lines a record",
        files,
        "residues rna 24",
        first=(rows[0][1], structure),
        column="structure",
    )
    files = {
        "dbnFiles.zip": packed(
            {
                f"dbnFiles/bpRNA_{i}.dbn": f"#Name: bpRNA_{i}\n#Length:  30 \n#PageNumber: 1\n{s}\n{structure}\n"
                for i, (a, s) in enumerate(rows)
            }
        )
    }
    yield field(
        "bpRNA dot-bracket with # lines in a zip",
        files,
        "residues rna 24",
        first=(rows[0][1], structure),
        column="structure",
    )
    partners = partners_of(structure)
    files = {
        "bpseq.zip": packed(
            {
                f"{a}.bpseq": f"# {a}\n" + "".join((f"{k + 1} {c} {partners[k]}\n" for k, c in enumerate(s)))
                for a, s in rows
            }
        )
    }
    yield field("bpseq files in a zip", files, "residues rna 24", first=(rows[0][1], structure), column="structure")
    files = {
        "ct.zip": packed(
            {
                f"{a}.ct": f"   30  ENERGY = -10.2  {a}\n"
                + "".join(
                    (f"{k + 1:5d} {c} {k:5d} {(k + 2) % 31:5d} {partners[k]:5d} {k + 1:5d}\n" for k, c in enumerate(s))
                )
                for a, s in rows
            }
        )
    }
    yield field(
        "connectivity tables (.ct) in a zip",
        files,
        "residues rna 24",
        first=(rows[0][1], structure),
        column="structure",
    )
    files = {"rna_structures.csv": lines([("id", "sequence", "structure")] + [(a, s, structure) for a, s in rows])}
    yield field(
        "CSV with sequence and structure", files, "residues rna 24", first=(rows[0][1], structure), column="structure"
    )

    make = Make("snap")
    rows = [(f"part_{i:02d}", make.dna(120), make.pick(["promoter", "terminator"])) for i in range(24)]
    files = {"library.gb": "".join((genbank(a, s, [(k, 1, 120, [("label", a)])]) for a, s, k in rows))}
    yield field(
        "Benchling GenBank library, one feature of two kinds over each record",
        files,
        "binary dna 24",
        first=(rows[0][1], rows[0][2]),
        label_names=("promoter", "terminator"),
    )
    # first answer: no labels; but DNA without labels is asked about everywhere, for most is one side of an experiment
    files = {"clones.gbk": "".join((genbank(a, s, []) for a, s, k in rows))}
    yield field("GenBank records without features", files, form="negatives")

    make = Make("plasmid")
    letters = make.dna(3000)
    # one molecule: what to learn from it only the person knows
    files = {
        "pUC19-GFP.gb": genbank(
            "pUC19-GFP",
            letters,
            [
                ("promoter", 101, 140, [("label", "lac promoter"), ("note", "color: #ffffff")]),
                ("CDS", 200, 916, [("label", "EGFP"), ("codon_start", "1")]),
                ("terminator", 950, 1000, [("label", "T7 terminator")]),
                ("rep_origin", 1500, 2000, [("label", "ori")]),
                ("CDS", 2100, 2957, [("label", "AmpR")]),
            ],
        )
    }
    yield field("one SnapGene plasmid with features", files, form="task")

    make = Make("peaks")
    genome = make.genome()
    regions = make.regions(genome, 30)
    contigs = fasta(list(genome.items()), 60)
    peaks = [make.peak(r, i) for i, r in enumerate(regions)]
    # peaks only: negatives are wanted, or the signal as a number
    files = {"ENCFF123ABC.bed.gz": gzip.compress(lines(peaks, "\t").encode(), mtime=0), "genome.fa": contigs}
    yield field("ENCODE narrowPeak with genome", files, form="negatives")
    files = {"ENCFF123ABC.narrowPeak": lines(peaks, "\t")}
    yield field("ENCODE narrowPeak without genome", files, form="genome")

    make = Make("posneg")
    genome = make.genome()
    regions = make.regions(genome, 40)
    contigs = fasta(list(genome.items()), 60)
    files = {
        "peaks.narrowPeak": lines([make.peak(r, i) for i, r in enumerate(regions[::2])], "\t"),
        "nonpeaks.bed": lines(regions[1::2], "\t"),
        "genome.fa": contigs,
    }
    yield field("peaks.narrowPeak, nonpeaks.bed, genome", files, "binary dna 40", label="(file)")
    files = {
        "enhancers.bed": lines(regions[::3], "\t"),
        "promoters.bed": lines(regions[1::3], "\t"),
        "silencers.bed": lines(regions[2::3], "\t"),
        "mm10_part.fa": contigs,
    }
    yield field("enhancers.bed, promoters.bed, silencers.bed, genome", files, "multiclass dna 40", label="(file)")
    elements = [(*r, make.pick(["enhancer", "promoter"])) for r in regions]
    files = {
        "regions.bed": 'track name="cCREs" description="regions" itemRgb=On\n' + lines(elements, "\t"),
        "genome.fa": contigs,
    }
    yield field(
        "BED4 whose names are two classes, UCSC track line",
        files,
        "binary dna 40",
        first=(genome[regions[0][0]][regions[0][1] : regions[0][2]], elements[0][3]),
    )
    values = [(f"{c}:{s + 1}-{e}", make.number()) for c, s, e in regions]
    files = {"atac_logfc.csv": lines([("peak", "log2FoldChange"), *values]), "genome.fa": contigs}
    yield field(
        "region strings and values with a genome",
        files,
        "regression dna 40",
        label="log2FoldChange",
        first=(genome[regions[0][0]][regions[0][1] : regions[0][2]], values[0][1]),
    )
    values = [(i, *r, 200, "*", make.number()) for i, r in enumerate(regions)]
    values = [(str(i + 1), c, s + 1, e, w, st, v) for i, c, s, e, w, st, v in values]
    # width = end - start + 1 tells the base
    files = {
        "granges.csv": quoted(
            [("", "seqnames", "start", "end", "width", "strand", "score")]
            + [(a, c, s, e, w, st, float(v)) for a, c, s, e, w, st, v in values]
        ),
        "genome.fa": contigs,
    }
    yield field(
        "GRanges as a data frame (1-based) with a genome",
        files,
        "regression dna 40",
        label="score",
        first=(genome[regions[0][0]][regions[0][1] : regions[0][2]], values[0][6]),
    )
    values = [(c, s, e, make.positive(0, 60)) for c, s, e in regions]
    files = {"signal.bedGraph": "track type=bedGraph name=signal\n" + lines(values, "\t"), "genome.fa": contigs}
    yield field(
        "bedGraph with genome",
        files,
        "regression dna 40",
        first=(genome[regions[0][0]][regions[0][1] : regions[0][2]], values[0][3]),
    )

    make = Make("vcf")
    genome = make.genome()
    contigs = fasta(list(genome.items()), 60)
    sites = sorted((make.pick(list(genome)), 500 + 31 * i) for i in range(30))
    variants = [(c, p, genome[c][p - 1], make.pick([x for x in "ACGT" if x != genome[c][p - 1]])) for c, p in sites]
    meanings = [make.pick(["Pathogenic", "Benign"]) for _ in variants]
    files = {
        "clinvar.vcf": "##fileformat=VCFv4.1\n"
        + '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Clinical significance">\n'
        + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        + lines(
            [(c, p, 1000 + i, a, b, ".", ".", f"CLNSIG={meanings[i]}") for i, (c, p, a, b) in enumerate(variants)], "\t"
        ),
        "genome.fa": contigs,
    }
    yield field(
        "ClinVar-like VCF with genome", files, "binary dna 30", label="CLNSIG", label_names=("Benign", "Pathogenic")
    )
    effects = [make.number() for _ in variants]
    # A1 is the effect allele, A2 the other; the genome tells which is the reference
    files = {
        "eqtl.tsv": lines(
            [("SNP", "CHR", "BP", "A1", "A2", "BETA", "P")]
            + [
                (f"rs{1000 + i}", c.removeprefix("chr"), p, alt, ref, effects[i], make.positive(0, 1, 6))
                for i, (c, p, ref, alt) in enumerate(variants)
            ],
            "\t",
        ),
        "genome.fa": contigs,
    }
    yield field("eQTL list with genome", files, "regression dna 30", label="BETA")
    files = {
        "variants.vcf": "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        + lines([(c, p, ".", a, x, 50, "PASS", ".") for c, p, a, x in variants], "\t")
    }
    yield field("VCF without genome", files, form="genome")
    reference = make.dna(120)
    changes = [
        (i + 1, reference[i], make.pick([x for x in "ACGT" if x != reference[i]]), make.number()) for i in range(40)
    ]
    files = {
        "LDLR.tsv": lines(
            [("Position", "Ref", "Alt", "Coefficient", "pValue")]
            + [(p, a, x, v, make.positive(0, 1, 4)) for p, a, x, v in changes],
            "\t",
        ),
        "LDLR_reference.fa": fasta([("LDLR", reference)], 60),
    }
    yield field(
        "saturation MPRA with the element's FASTA",
        files,
        "regression dna 40",
        label="Coefficient",
        first=(changes[0][2] + reference[1:], changes[0][3]),
    )
