"""The documents that terminals hold, one module for each kind; docs/sync-documents.md describes their fields."""
