"""JSON interface: each view parses, calls one service or query, and presents."""
