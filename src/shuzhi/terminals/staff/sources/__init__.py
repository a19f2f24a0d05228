"""Pages of collecting (归集): sources, handing a file in, batches with their receipts and quarantine."""
