"""Simulated data, whose truth is known: motifs planted by rules into a background."""
