"""Plannings from real servers."""
