"""Credentials for everyone (电子证照): checking one, my wallet, my one code."""
