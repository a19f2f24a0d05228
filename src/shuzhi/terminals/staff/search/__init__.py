"""One search over the catalog, the registers, the interfaces and the batches (搜索)."""
