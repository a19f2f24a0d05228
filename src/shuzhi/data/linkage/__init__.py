"""Linkage (实体归并): which records of which sources are the same person or firm, under ids that stay."""
