"""Socket.IO namespaces: they relay pokes, never data."""
