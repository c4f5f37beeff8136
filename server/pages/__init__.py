"""Server-rendered pages of the citizen; complete without JavaScript."""
