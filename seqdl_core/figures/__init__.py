"""Figures: arrays in, a Plotly figure or SVG out. They know no model, no run and no page; colours come in as data."""
