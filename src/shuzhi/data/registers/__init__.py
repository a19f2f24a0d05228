"""Registers (基础库): golden records of entities, each value with its source, batch and time (一数一源)."""
