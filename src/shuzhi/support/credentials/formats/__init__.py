"""Bytes of credentials, status lists and codes. No database and no clock: what a verifier elsewhere would need."""
