"""What the name of a column says about its values: targets, noise, groups, folds, mutants, and which way is better.

These are hints for columns with numbers or names; :mod:`vocabulary` has the words for sequences, labels and splits.
"""

import re

from seqdl_core.sequences.vocabulary import LABEL_WORDS, means_split, plain_name


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MUTANTS = _words(
    "mutant mutants mutation mutations aamutations variant variants hgvs hgvs_pro hgvs_p hgvs_nt hgvs_c aa_change "
    "aachange aa_changes aa_mutation aa_mutations amino_acid_change substitution substitutions aa_substitutions "
    "amino_acid_substitutions mut muts protein_change protein_variant aa_variant"
)
_WILD_TYPES = _words(
    "target_seq target_sequence wt_seq wt_sequence wildtype wild_type wt wildtype_sequence wild_type_sequence "
    "wildtype_seq wild_type_seq reference_sequence ref_seq ref_sequence parent_seq parent_sequence sequence_wt "
    "seq_wt"
)
_GROUPS = _words(
    "group groups family families superfamily cluster cluster_id clusters clan gene gene_id gene_name donor "
    "patient subject species sp organism taxon chrom chr chromosome scaffold parent homology_group element locus "
    "batch_group element_id"
)
_FOLDS = re.compile(
    r"(?:cv_?)?folds?(?:_?(?:num|id|no|number|index))?|folds?_(?:random|modulo|contiguous)_?\d*|cv|partition"
)
_RESIDUES = _words(
    "residues residue_labels loop_type predicted_loop_type "
    "ss3 ss8 q3 q8 sst3 sst8 ss3_seq ss8_seq ss3_label ss8_label dssp dssp3 dssp8 "
    "secondary_structure topology disorder per_residue_labels"
)
_PAIRS = tuple(
    (_words(one), _words(other))
    for one, other in (
        ("vh heavy hc heavychain", "vl vk light lc lightchain"),
        ("mirna srna sirna", "target mrna utr"),
        ("ligand peptide epitope antigen", "receptor mhc hla tcr antibody"),
        ("bait", "prey"),
        ("tra alpha", "trb beta"),
        ("ref reference", "alt alternative alternate"),
        ("lncrna ncrna noncodingrna rna", "protein gene"),
    )
)
_LONGEST_NAME = 200
_BUILD = re.compile(r"_(?:hg\d{2}|grch\d{2}|mm\d{1,2}|grcm\d{2}|t2t|dm\d|tair\d{1,2})$")
_ERROR = re.compile(r"\s*[(\[]?\s*(?:mean|average)?\s*(?:±|\+/-|\+-).*$", re.IGNORECASE)
_PARTNERS = re.compile(r"(.*?)_?([12ab])")

_BETTER = _words(
    "fitness log_fitness activity brightness fluorescence stability tm efficiency affinity yield solubility "
    "growth modfreq dms_score viability survival potency catalytic kcat titer titre abundance pic50 pkd pki "
    "thermostability half_life mrl te rl"
)
_WORSE = _words(
    "ic50 ec50 kd ki km mic ddg deltadeltag toxicity toxic hemolysis haemolysis koff k_off error loss rmsd "
    "perplexity cytotoxicity immunogenicity aggregation cc50 off_target hc50"
)
_NUMBERS = (
    _BETTER
    | _WORSE
    | _words(
        "score scores rating ratings grade "
        "enrichment expression log2fc logfc lfc l2fc fc fold_change foldchange mean_value "
        "coefficient effect effect_size beta strength signal intensity value values measurement response dg pic "
        "pka target targets label labels y log2 ratio log_ratio log2_ratio expr rate cleavage accessibility "
        "binding percent spliced psi translation mean median average quantity level levels output phenotype "
        "log2foldchange logfoldchange inhibition efficacy mfi tpm fpkm rpkm aktivität aktivitaet activité activite "
        "actividad attività ausbeute wert valeur"
    )
)
_NOISE = _words(
    "se sem sd std stdev stderr stdeviation lfcse logfcse var variance ci cilow cihigh p pval pvalue padj q qval "
    "qvalue fdr bonferroni count counts n num number reads read barcodes barcode tags tag umi umis rep replicate "
    "replicates rep1 rep2 rep3 rep4 r1 r2 r3 index idx row length len size position pos start end depth coverage "
    "rank raw gc mw info info4 year version release batch plate well col predicted prediction pred prob "
    "probability expected error_bar dna_count rna_count total library dna rna dist distance offset mutations bin nr "
    "stop seqnames percent_peptide od od600 abs600 pileup"
)
_PREDICTORS = _words(
    "charirank chariraw crisprscan doench drsc finalgc6 finalgg fusi mh oof ssc wang wangorig wucrispr azimuth "
    "rs2 deepcas9 deepspcas9 cadd sift polyphen esm1v esm_1v eve gemme tranception phylop phastcons gerp "
    "score_drug_gene_threshold amino_acid_cut_position"
)
_COUNTERS = re.compile(
    r"[_-]?log10_?\(?_?[pq](?:_?val(?:ue)?)?\)?|"
    r"(?:rep|replicate|r)_?\d+|.*_rep_?\d+|.*_(?:lfc)?se|.*_(?:p|q)_?val(?:ue)?|unnamed.*|n[or]_?|\d+_\d+"
)


def means_mutant(column: str) -> bool:
    """Whether a column of this name probably holds mutants (A24P) rather than sequences."""
    return plain_name(column) in _MUTANTS


def means_wild_type(column: str) -> bool:
    """Whether a column of this name probably repeats the sequence that mutants differ from."""
    return plain_name(column) in _WILD_TYPES


def means_group(column: str) -> bool:
    """Whether rows that share a value of this column are probably related, so that a split keeps them together."""
    return plain_name(column) in _GROUPS


def means_fold(column: str) -> bool:
    """Whether a column of this name probably numbers the folds of a cross-validation: ``fold_num``."""
    return _FOLDS.fullmatch(plain_name(column)) is not None


def means_residues(column: str) -> bool:
    """Whether a column of this name probably holds one class letter per residue: ``ss8_seq``."""
    return plain_name(column) in _RESIDUES


def means_strand_copy(column: str) -> bool:
    """Whether a column other than 0 probably marks copies on the other strand (LegNet's ``rev``)."""
    return plain_name(column) in ("rev", "is_rev", "reverse", "rc", "is_rc", "reverse_complement")


def without_build(plain: str) -> str:
    """A plain column name without the genome build at its end: ``start`` for ``start_hg38``."""
    return _BUILD.sub("", plain)


def without_error(column: str) -> str:
    """A column's name without its error: ``Fitness`` for ``Fitness ± SEM`` and for ``Fitness (mean ± SD)``."""
    return _ERROR.sub("", column[:_LONGEST_NAME]) or column


def pair_of(column: str) -> tuple[str, str]:
    """``("protein", "1")`` for ``protein_1``: the name without the mark of a partner; the mark is empty without one."""
    found = _PARTNERS.fullmatch(plain_name(column))
    return (found[1], found[2]) if found and found[1] else (plain_name(column), "")


def are_partners(first: str, second: str) -> bool:
    """Whether two columns hold the partners of a pair: ``protein_1`` and ``protein_2``, VH and VL, miRNA and target."""
    stems, marks = zip(pair_of(first), pair_of(second), strict=True)
    if stems[0] == stems[1] and all(marks):
        return True
    words = [set(plain_name(column).split("_")) for column in (first, second)]
    return any((words[0] & a and words[1] & b) or (words[0] & b and words[1] & a) for a, b in _PAIRS)


def means_noise(column: str) -> bool:
    """Whether the numbers of this column are probably no target: errors, p-values, counts, replicates, predictions."""
    plain = plain_name(without_error(column))
    if plain in LABEL_WORDS or means_split(column):
        return False
    plain = without_build(plain)
    if plain == "score_drug_gene_rank":  # Azimuth's target; ranks are places in a list otherwise
        return False
    if plain in _PREDICTORS or plain in _NOISE or means_fold(column) or _COUNTERS.fullmatch(plain):
        return True
    tokens = plain.split("_")
    return tokens[-1] in _NOISE or tokens[0] in ("num", "n", "number", "total") or plain.endswith(("_se", "lfcse"))


def means_number(column: str) -> bool:
    """Whether a column of this name probably holds a measured number to learn: ``K562_log2FC``, ``rl``, ``modFreq``."""
    if means_noise(column):
        return False
    plain = plain_name(without_error(column))
    return plain in _NUMBERS or any(token in _NUMBERS for token in plain.split("_"))


def higher_is(column: str) -> str:
    """``better``, ``worse``, or ``""`` where the column's name does not tell."""
    plain = plain_name(column)
    tokens = {plain, *plain.split("_")}
    if re.match(r"(?:neg(?:ative)?_|minus_)?(?:p|neg_log\d*_|minus_log\d*_)(?:ic50|ec50|kd|ki|mic)", plain):
        return "better"
    if tokens & _WORSE:
        return "worse"
    return "better" if tokens & _BETTER else ""
