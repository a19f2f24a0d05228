"""The archive: its catalogue, one record, reading a package, destroying."""
