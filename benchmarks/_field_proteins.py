"""Mutational scans, exports of data banks and peptides."""

from collections.abc import Iterator

from benchmarks._field_files import AMINO, THREE, Make, changed, fasta, field, lines, quoted, sheet
from benchmarks._layout_files import Layout


def layouts() -> Iterator[Layout]:
    """The layouts of this module, each with the answer that a careful person would give."""
    make = Make("mave")
    wild = make.protein(60)
    mutants = make.mutants(wild, 40)
    scores = [
        (
            f"urn:mavedb:00000001-a-1#{i + 1}",
            "NA",
            "NA",
            f"p.{THREE[a]}{p}{THREE[b]}",
            make.number(),
            make.positive(0.01, 0.3),
        )
        for i, (a, p, b) in enumerate(mutants)
    ]
    scores[5] = (*scores[5][:4], "NA", "NA")
    more = [
        ("urn:mavedb:00000001-a-1#90", "NA", "NA", "p.=", "1.000", "0.010"),
        ("urn:mavedb:00000001-a-1#91", "NA", "NA", f"p.{THREE[wild[10]]}11Ter", "-2.100", "0.100"),
    ]
    header = ("accession", "hgvs_nt", "hgvs_splice", "hgvs_pro", "score", "SE")
    # 39 with a score and the wild type; the stop is left out
    files = {
        "urn_mavedb_00000001-a-1_scores.csv": lines([header, *scores, *more]),
        "target.fasta": fasta([("target", wild)], 60),
    }
    yield field(
        "MaveDB scores with target FASTA",
        files,
        "regression protein 40",
        label="score",
        first=(changed(wild, *mutants[0]), scores[0][4]),
    )
    files = {"scores.csv": lines([header, *scores])}
    yield field("MaveDB scores alone", files, form="wild_type")

    make = Make("lab dms")
    wild = make.protein(70)
    mutants = make.mutants(wild, 35)
    lab = [("WT", 1.02, 0.98, 1.0, 1.0, 0.02)] + [
        (
            f"{a}{p}{b}",
            *[round(make.random.random(), 3) for _ in range(3)],
            round(make.random.random(), 3),
            round(make.random.random() / 9, 3),
        )
        for a, p, b in mutants
    ]
    files = {
        "DMS_results_final_v2.xlsx": sheet(
            {"Sheet1": [("Mutation", "Rep1", "Rep2", "Rep3", "Mean fitness", "SD"), *lab]}
        ),
        "WT.fasta": fasta([("TEM1", wild)], 60),
    }
    yield field(
        "lab DMS workbook with WT row, replicates, mean, SD and a FASTA",
        files,
        "regression protein 36",
        label="Mean fitness",
        first=(wild, 1.0),
    )

    make = Make("aa change")
    wild = make.protein(70)
    mutants = make.mutants(wild, 35, 24)
    rows = [(f"{a}{p}{b}", make.number()) for a, p, b in mutants]
    files = {"screen.csv": lines([("AA change", "log2FC"), *rows]), "target.fa": fasta([("bla mature", wild)])}
    yield field(
        "AA change and log2FC, numbering from 24, FASTA",
        files,
        "regression protein 35",
        label="log2FC",
        first=(changed(wild, *mutants[0], start=24), rows[0][1]),
    )

    make = Make("split columns")
    wild = make.protein(70)
    mutants = make.mutants(wild, 40)
    rows = [(p, a, b, make.number()) for a, p, b in mutants]
    files = {"dms.csv": lines([("position", "wt_aa", "mut_aa", "score"), *rows]), "wt.fa": fasta([("wt", wild)])}
    yield field(
        "position, wild-type and mutant residue in three columns, FASTA",
        files,
        "regression protein 40",
        label="score",
        first=(changed(wild, *mutants[0]), rows[0][3]),
    )

    make = Make("heat")
    wild = make.protein(25)
    header = [("Position", "WT", *AMINO)]
    cells = 0
    one = None
    for i, aligned in enumerate(wild):
        r = []
        for b in AMINO:
            if b == aligned:
                r.append("")
            else:
                v = make.number()
                r.append(v)
                cells += 1
                one = one or (wild[:i] + b + wild[i + 1 :], v)
        header.append((i + 1, aligned, *r))
    # the WT column spells the sequence: the file tells all; empty cells are the wild type
    files = {"heatmap.csv": lines(header)}
    yield field(
        "heat-map matrix: positions down, amino acids across",
        files,
        f"regression protein {cells}",
        label="score",
        first=one,
    )

    make = Make("gym")
    wild = make.protein(70)
    rows = [
        (":".join((f"{a}{p}{b}" for a, p, b in [x])), changed(wild, *x), make.number(), make.pick([0, 1]))
        for x in make.mutants(wild, 40)
    ]
    files = {
        "BLAT_ECOLX_Stiffler_2015.csv": lines([("mutant", "mutated_sequence", "DMS_score", "DMS_score_bin"), *rows])
    }
    yield field("ProteinGym substitutions", files, "regression protein 40", label="DMS_score", first=rows[0][1:3])
    rows = [
        (x[0], x[1], v, make.positive(0, 1, 4), *[make.random.randrange(5) for _ in range(3)])
        for x, v in zip(rows, [make.number() for _ in rows], strict=False)
    ]
    files = {
        "GFP_AEQVI.csv": lines(
            [("mutant", "mutated_sequence", "DMS_score", "fold_random_5", "fold_modulo_5", "fold_contiguous_5")]
            + [(*r[:3], *r[4:]) for r in rows]
        )
    }
    yield field(
        "ProteinGym with three fold columns",
        files,
        "regression protein 40",
        label="DMS_score",
        official=True,
        first=rows[0][1:3],
    )

    make = Make("multi mutants")
    wild = make.protein(80)
    rows = []
    for _ in range(40):
        several = {change[1]: change for change in make.mutants(wild, make.random.randint(1, 4))}
        changes = [several[position] for position in sorted(several)]
        letters = wild
        for change in changes:
            letters = changed(letters, *change)
        rows.append((",".join(f"{a}{p}{b}" for a, p, b in changes), len(changes), letters, make.number()))
    files = {
        "gfp.tsv": lines([("variant", "num_mutations", "score")] + [(a, n, v) for a, n, s, v in rows], "\t"),
        "avGFP.fasta": fasta([("avGFP", wild)], 60),
    }
    yield field(
        "several mutations in a cell, comma, num_mutations, FASTA",
        files,
        "regression protein 40",
        label="score",
        first=rows[0][2:],
    )
    files = {
        "gfp.csv": lines(
            [("Variant", "# mutations", "Protein sequence", "Brightness (log10)")]
            + [(a.replace(",", "/"), n, s, v) for a, n, s, v in rows]
        )
    }
    yield field(
        "sequences of variants with names and brightness, no FASTA",
        files,
        "regression protein 40",
        label="Brightness (log10)",
        first=rows[0][2:],
    )

    make = Make("uniprot")
    organisms = ["Homo sapiens (Human)", "Mus musculus (Mouse)"]
    entries = [
        (
            f"P{10000 + i}",
            "reviewed",
            f"AB{i}_HUMAN",
            f"Protein AB{i}",
            f"AB{i} KIAA{i:04d}",
            organisms[0],
            0,
            make.protein(80),
        )
        for i in range(30)
    ]
    entries = [(*r[:6], len(r[7]), r[7]) for r in entries]
    files = {
        "uniprotkb_human_2024_03_01.tsv": lines(
            [
                ("Entry", "Reviewed", "Entry Name", "Protein names", "Gene Names", "Organism", "Length", "Sequence"),
                *entries,
            ],
            "\t",
        )
    }
    yield field("UniProt TSV export", files, "unlabelled protein 30", first=(entries[0][7],))
    places = ["Cytoplasm", "Nucleus", "Cell membrane"]
    files = {
        "uniprot.tsv": lines(
            [("Entry", "Entry Name", "Organism", "Length", "Sequence", "Subcellular location [CC]")]
            + [
                (r[0], r[2], make.pick(organisms), r[6], r[7], f"SUBCELLULAR LOCATION: {make.pick(places)}.")
                for r in entries
            ],
            "\t",
        )
    }
    yield field(
        "UniProt export with subcellular location", files, "multiclass protein 30", label="Subcellular location [CC]"
    )
    files = {
        "uniprot_sprot_part.fasta": fasta(
            [
                (f"sp|{r[0]}|{r[2]} {r[3]} OS=Homo sapiens OX=9606 GN={r[4].split()[0]} PE=1 SV=2", r[7])
                for r in entries
            ],
            60,
        )
    }
    yield field("UniProt FASTA", files, "unlabelled protein 30", first=(entries[0][7],))
    compartments = ["Nucleus-U", "Cytoplasm-S", "Cell.membrane-M"]
    records = [
        (f"Q{10000 + i} {make.pick(compartments)}" + (" test" if i % 4 == 0 else ""), make.protein(80))
        for i in range(40)
    ]
    files = {"deeploc_data.fasta": fasta(records)}
    yield field(
        "DeepLoc FASTA: id, class, test",
        files,
        "multiclass protein 40",
        official=True,
        first=(records[0][1], records[0][0].split()[1]),
    )
    compartments = ("Membrane", "Cytoplasm", "Nucleus", "Extracellular")
    rows = [
        (
            i,
            f"A{i}",
            make.pick(["Metazoa", "Fungi"]),
            i % 5,
            *[make.pick(["0.0", "1.0"]) for _ in compartments],
            make.protein(80),
        )
        for i in range(40)
    ]
    files = {
        "Swissprot_Train_Validation_dataset.csv": lines(
            [("", "ACC", "Kingdom", "Partition", *compartments, "Sequence"), *rows]
        )
    }
    yield field(
        "DeepLoc 2 CSV: partitions and 0/1 locations",
        files,
        "multilabel protein 40",
        label=";".join(compartments),
        official=True,
    )
    rows = [
        (make.protein(), make.number(), make.random.randint(1, 9), make.pick(["train", "train", "valid", "test"]))
        for _ in range(45)
    ]
    files = {"fluorescence.csv": lines([("primary", "log_fluorescence", "num_mutations", "stage"), *rows])}
    yield field(
        "TAPE-like table", files, "regression protein 45", label="log_fluorescence", official=True, first=rows[0][:2]
    )
    rows = [(f"meso_{i}", make.protein(), make.positive(30, 90, 1)) for i in range(30)]
    files = {"tm.csv": lines([("Protein", "Sequence", "Tm (°C)"), *rows]).encode("cp1252")}
    yield field(
        "melting temperature with degree sign, CP-1252",
        files,
        "regression protein 30",
        label="Tm (°C)",
        first=rows[0][1:],
    )
    molecules = ["CC(=O)O", "C1CCCCC1", "OCC(O)C", "CCO", "NCC(=O)O"]
    rows = [
        (f"{i % 6 + 1}.1.1.{i}", "acetate", make.pick(molecules), make.protein(), make.positive(0.1, 900))
        for i in range(30)
    ]
    files = {"kcat.tsv": lines([("ECNumber", "Substrate", "Smiles", "Sequence", "Value"), *rows], "\t")}
    yield field("kcat table with SMILES", files, "regression protein 30", label="Value", first=rows[0][3:])
    rows = [(f"P{i}", make.protein(), make.pick([0, 1])) for i in range(40)]
    files = {"psi_biology.csv": lines([("protein_id", "fasta", "solubility"), *rows])}
    yield field("solubility 0/1", files, "binary protein 40", label="solubility", first=rows[0][1:])
    rows = [
        (
            f"http://www.iedb.org/epitope/{i}",
            "Linear peptide",
            make.peptide(8, 11),
            make.pick(["Positive", "Negative"]),
            "HLA-A*02:01",
        )
        for i in range(40)
    ]
    files = {
        "mhc_ligand_full.csv": quoted(
            [
                (
                    "Epitope - IEDB IRI",
                    "Epitope - Object Type",
                    "Epitope - Name",
                    "Assay - Qualitative Measurement",
                    "MHC Restriction - Name",
                ),
                *rows,
            ]
        )
    }
    yield field(
        "IEDB export",
        files,
        "binary protein 40",
        label="Assay - Qualitative Measurement",
        first=(rows[0][2], rows[0][3]),
    )
    rows = [
        (
            f"DBAASPS_{i}",
            f"pep {i}",
            make.peptide(),
            make.pick(["ACT", "AMD", "#"]) if i % 3 == 0 else "",
            make.positive(1, 64, 1),
        )
        for i in range(40)
    ]
    files = {"peptides-complete.csv": lines([("ID", "NAME", "SEQUENCE", "N TERMINUS", "E. coli MIC (uM)"), *rows])}
    yield field(
        "DBAASP-like: termini columns and MIC",
        files,
        "regression protein 40",
        label="E. coli MIC (uM)",
        first=(rows[0][2], rows[0][4]),
    )
    rows = [(f"p{i}", make.peptide(), make.positive(1, 64, 1)) for i in range(30)]
    modified = [(a, f"Ac-{s}-NH2" if i % 8 == 3 else s, v) for i, (a, s, v) in enumerate(rows)]
    # the ends are modifications, never residues A and C: taken off and counted, or the 4 rows dropped and counted
    files = {"peptides.csv": lines([("Name", "Sequence", "HC50 (uM)"), *modified])}
    yield field(
        "four peptides written Ac-...-NH2", files, "regression protein 30", label="HC50 (uM)", first=rows[0][1:]
    )
    rows = [
        ("X" * 3 + make.peptide(12, 12) if i % 7 == 0 else make.peptide(15, 15), make.pick([0, 1])) for i in range(40)
    ]
    files = {"phospho.csv": lines([("window", "phosphorylated"), *rows])}
    yield field("windows padded with X", files, "binary protein 40", label="phosphorylated", first=rows[0])
    rows = [
        (
            "___" + make.peptide(12, 12) if i % 7 == 0 else make.peptide(15, 15),
            make.pick(["S", "T", "Y"]),
            make.pick(["kinase A", "none"]),
        )
        for i in range(40)
    ]
    # residue or kinase
    files = {"sites.tsv": lines([("SITE_+/-7_AA", "RESIDUE", "KINASE"), *rows], "\t")}
    yield field("windows padded with _ (PhosphoSitePlus)", files, "binary protein 40", label="KINASE")
    rows = [
        ("-" * 3 + make.peptide(12, 12) if i % 7 == 0 else make.peptide(15, 15), make.pick(["Positive", "Negative"]))
        for i in range(40)
    ]
    files = {"sites.csv": lines([("Peptide", "Class"), *rows])}
    yield field("windows padded with -", files, "binary protein 40", label="Class")
