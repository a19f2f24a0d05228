"""Dispatching (投递): lanes side by side, each destination by itself, so that a dead one holds up no other."""
