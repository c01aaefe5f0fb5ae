"""Intervals on a genome: where they lie, their letters, and windows beside them."""
