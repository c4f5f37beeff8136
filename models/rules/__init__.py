"""Decisions over plain values: no I/O, no clock; every time is an aware UTC datetime and `now` is a parameter."""
