"""Use cases: one file, one verb. They take a session, a command, an actor and `now`; they never commit."""
