"""Exports (导出): a data set's current rows as a file for a named receiver, decided by policy, marked, registered."""
