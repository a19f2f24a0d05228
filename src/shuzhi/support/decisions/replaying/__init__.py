"""Replaying a changed rule (规则推演): over which rows, by which columns, and what came of it."""
