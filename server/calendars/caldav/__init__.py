"""A gendarme's agenda on a CalDAV server (RFC 4791): what we put there, what stands there, what was done to it."""
