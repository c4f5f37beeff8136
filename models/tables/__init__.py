"""One short file per table."""
