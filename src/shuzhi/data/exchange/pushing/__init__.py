"""Pushing events to their subscribers (变更推送): signed, in order, at least once, and nobody waits for anybody else."""
