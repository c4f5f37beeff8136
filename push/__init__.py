"""What people hear: who must learn of an event, in which words, over which channel. Knows nothing of Flask."""
