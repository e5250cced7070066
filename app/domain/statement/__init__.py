"""Bank statements: read files and recognize lines that are already in the ledger."""
