"""Background jobs: the only callers of `push`."""
