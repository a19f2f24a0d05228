"""Demonstration (演示): the main job, run end to end on real files and on a synthetic population."""
