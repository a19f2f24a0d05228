"""Benefits: policies, runs, findings, the ledger."""
