"""Readers of the public reference files."""
