"""How records flow: channels, batches, transactions, tables, dead letters, the worker loop."""
