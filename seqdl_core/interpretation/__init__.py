"""Interpretation: which letters a model looked at (:data:`METHODS`) and which motifs its filters learned."""

from seqdl_core.interpretation.methods import METHODS, Method, observed, zero_sum

__all__ = ["METHODS", "Method", "observed", "zero_sum"]
