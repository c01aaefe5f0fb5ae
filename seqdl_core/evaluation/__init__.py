"""Evaluation: metrics with intervals, the comparison with baselines, and the sentence that sums it up."""
