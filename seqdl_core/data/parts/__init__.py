"""The parts of a data set: which rows train, which validate and which test."""
