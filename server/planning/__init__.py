"""What a unit's planning says of its people's time: one file for each kind of source, without database or Flask.

A source is fetched (`fetch`), read (`ical`, `positions`), and what was read is stored by whoever calls.
"""
