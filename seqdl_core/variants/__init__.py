"""Variants: what a change of the sequence does to a prediction. None of it is a clinical classification."""
