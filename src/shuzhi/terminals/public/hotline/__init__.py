"""The hotline: where a request stands."""
