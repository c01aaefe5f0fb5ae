"""Every file of the shared data, alone or with those it belongs to, and what an import must say."""

from typing import Any

_ENCODE = {
    "CTCFL_K562_CTCFL_(SC-98982)_HudsonAlpha": 11_033,
    "ELK1_GM12878_ELK1_(1277-1)_Stanford": 5_084,
    "GABPA_GM12878_GABP_HudsonAlpha": 6_066,
    "MYC_H1-hESC_c-Myc_Stanford": 4_051,
    "REST_GM12878_NRSF_HudsonAlpha": 6_406,
    "SP1_GM12878_SP1_HudsonAlpha": 17_748,
}
_SECONDARY = {"task": "residues", "alphabet": "protein", "rows": 11_156, "label_names": ("C", "E", "H")}
_GUIDES = {"task": "regression", "alphabet": "dna", "label": "modFreq", "higher_is": "better", "length": 23}
_PAPERWORK = [
    "README.md", "cnnprom/README", "dms_nn4dms_avgfp/LICENSE", "flip_gb1/LICENSE", "flip_gb1/README.md",
    "flip_secondary_structure/LICENSE", "flip_secondary_structure/README.md", "motifs_meme/tangermeme_LICENSE",
    "mpra_satmut/file_format.md", "uci_splice_promoter/Promoters.md", "uci_splice_promoter/SJGS.md",
    "uci_splice_promoter/promoters.names", "uci_splice_promoter/splice.names", "uci_splice_promoter/promoters.theory",
    "uci_splice_promoter/splice.theory",
]  # fmt: skip
_STRUCTURES = {
    "dms_nn4dms_avgfp/avgfp_rosetta_model.pdb": 237, "flip_gb1/2qmt.pdb": 56, "pdb_structures/1A8O.pdb": 70,
    "pdb_structures/2BEG.pdb": 42, "pdb_structures/disordered.pdb": 6,
}  # fmt: skip
"""Structures with one protein each, and its residues."""
_MOTIFS = [
    "motifs_meme/plant_CPEs.meme", "motifs_meme/plant_TF-clusters.meme", "motifs_meme/tangermeme_test.meme",
    "motifs_meme/tangermeme_test2.meme", "motifs_rsat/HOCOMOCO_2017-10-17_Human.tf",
    "motifs_rsat/JASPAR2024_CORE_vertebrates_non-redundant_pfms_transfac.txt", "motifs_rsat/pfm_vertebrates.txt",
]  # fmt: skip


def _promoters(positives: str, negatives: str, rows: int, length: int) -> tuple[str, list[str], dict[str, Any]]:
    answer = {"task": "binary", "alphabet": "dna", "rows": rows, "length": length, "label": "(file)"}
    return f"cnnprom: {positives} and {negatives}", [f"cnnprom/{positives}.fa", f"cnnprom/{negatives}.fa"], answer


def _clip(name: str) -> tuple[str, list[str], dict[str, Any]]:
    files = [f"rbp31_clip/{name}/{part}_sample_0/sequences.fa.gz" for part in ("training", "test")]
    answer = {
        "task": "binary", "alphabet": "dna", "label": "class", "split_way": "files",
        "counts": {"train": 30_000, "test": 10_000}, "positives": {"train": 6_000, "test": 2_000},
    }  # fmt: skip
    return f"rbp31_clip: {name}", files, answer


_AVGFP = "dms_nn4dms_avgfp"
_SPLICE = "uci_splice_promoter"

SHARED: list[tuple[str, list[str], dict[str, Any]]] = [
    *((f"deepbind_encode: {stem}", [f"deepbind_encode/{stem}_{end}.seq.gz" for end in ("AC", "B")],
       {"form": "negatives"}) for stem in _ENCODE),
    _promoters("Ecoli_prom", "Ecoli_non_prom", 3_839, 81),
    _promoters("Arabidopsis_tata", "Arabidopsis_non_prom", 4_376, 251),
    _promoters("Arabidopsis_non_tata", "Arabidopsis_non_prom_big", 17_364, 251),
    ("splice junctions", [f"{_SPLICE}/splice.data"],
     {"task": "multiclass", "alphabet": "dna", "rows": 3_190, "label_names": ("EI", "IE", "N"), "length": 60,
      "notice": "ambiguous letters"}),
    ("promoters of E. coli", [f"{_SPLICE}/promoters.data"],
     {"task": "binary", "alphabet": "dna", "rows": 106, "label_names": ("-", "+"), "length": 57}),
    ("saturation mutagenesis", ["mpra_satmut/derived/elements.tsv.gz", "mpra_satmut/derived/reference_GRCh38.fa"],
     {"task": "regression", "alphabet": "dna", "rows": 13_481, "label": "Coefficient", "length": 601}),
    ("saturation mutagenesis without its reference", ["mpra_satmut/derived/elements.tsv.gz"], {"form": "genome"}),
    ("plant core promoters", ["plant_core_promoters/CNN_test_leaf.tsv"],
     {"task": "regression", "alphabet": "dna", "rows": 7_154, "label": "enrichment", "length": 170}),
    ("predictions for plant core promoters", ["plant_core_promoters/CNN_test_leaf_pred.tsv"], {"refused": "sequences"}),
    ("statistics for plant core promoters", ["plant_core_promoters/CNN_test_leaf_stats.tsv"], {"refused": "sequences"}),
    *map(_clip, ("23_PARCLIP_PUM2_hg19", "24_PARCLIP_QKI_hg19", "27_ICLIP_TDP43_hg19")),
    ("guides: Chari, 293T", ["crispr_guides/chari2015Train293T.scores.tab"], {**_GUIDES, "rows": 1_234}),
    ("guides: Chari, K562", ["crispr_guides/chari2015TrainK562.scores.tab"], {**_GUIDES, "rows": 1_239}),
    ("guides: Doench", ["crispr_guides/doench2014-Mm.scores.tab"], {**_GUIDES, "rows": 951}),
    # No mutant names positions 117 and 118, so the files do not tell the whole wild type.
    ("avGFP with its lists of rows", [f"{_AVGFP}/avgfp.tsv", *(f"{_AVGFP}/splits_main/{part}.txt"
                                                               for part in ("train", "tune", "stest"))],
     {"form": "wild_type"}),
    ("avGFP alone", [f"{_AVGFP}/avgfp.tsv"], {"form": "wild_type"}),
    ("a list of rows alone", [f"{_AVGFP}/splits_main/supertest.txt"], {"refused": "no file has sequences"}),
    ("beta-lactamase, columns of doses", ["dms_deepsequence/BLAT_ECOLX_Ranganathan2015.csv"], {"form": "label_column"}),
    ("beta-lactamase", ["dms_blat_hsu/data.csv"],
     {"task": "regression", "alphabet": "protein", "rows": 4_807, "label": "log_fitness", "higher_is": "better",
      "wild_type": 263, "first_position": 24}),
    ("GB1, five splits in one archive", ["flip_gb1/splits.zip"], {"form": "table"}),
    ("secondary structure", ["flip_secondary_structure/splits.zip"],
     {**_SECONDARY, "counts": {"train": 9_712, "validation": 1_080, "test": 364}}),
    ("antimicrobial peptides",
     [f"apin_amp/{kind}.{part}.fa" for kind in ("AMP", "DECOY") for part in ("tr", "eval", "te")],
     {"task": "binary", "alphabet": "protein", "rows": 3_556, "split_way": "files",
      "counts": {"train": 1_424, "validation": 708, "test": 1_424}, "label_names": ("DECOY", "AMP")}),
    ("antimicrobial peptides, positives alone", ["apin_amp/AMP.tr.fa"],
     {"task": "unlabelled", "alphabet": "protein", "rows": 712}),
    *((f"motifs: {name}", [name], {"refused": "motif"}) for name in _MOTIFS),
    ("avGFP with its structure", [f"{_AVGFP}/avgfp.tsv", f"{_AVGFP}/avgfp_rosetta_model.pdb"],
     {"task": "regression", "alphabet": "protein", "rows": 51_714, "label": "score", "wild_type": 237,
      "first_position": 0}),
    *((f"structure: {name}", [name], {"task": "unlabelled", "alphabet": "protein", "rows": 1, "length": length})
      for name, length in _STRUCTURES.items()),
    ("a structure without atoms", ["pdb_structures/header.pdb"], {"refused": "no chain of amino acids"}),
    *((f"paperwork: {name}", [name], {"refused": ""}) for name in _PAPERWORK),
]  # fmt: skip
