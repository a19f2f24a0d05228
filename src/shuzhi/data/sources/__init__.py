"""Sources (归集): offices' files and databases become batches in the lake, each with a receipt that balances.

The contract is the data set's schema. Rows that break it wait in quarantine with their reason; nothing is lost.
"""
