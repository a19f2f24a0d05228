"""The hotline: taking in, dispatching, verifying."""
