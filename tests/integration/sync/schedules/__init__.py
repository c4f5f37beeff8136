"""Random schedules of taps, losses, crashes and revocations against the real application."""
