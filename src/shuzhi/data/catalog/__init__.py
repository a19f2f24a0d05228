"""Catalog (目录): data sets, their fields, owners, sharing and opening class, versions and lineage.

What is not in the catalog can be neither shared nor opened (应编尽编).
"""
