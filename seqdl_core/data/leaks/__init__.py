"""Copies: which sequences are alike, and what stands both in training and in test."""
