"""Who comes in: HTTP, sockets, services (the use cases), background jobs and the command line."""
