"""Consents as staff see them (授权): what an office may use, what it has to delete, and the clerk's window."""
