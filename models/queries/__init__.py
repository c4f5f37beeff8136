"""Reads that join more than one table."""
