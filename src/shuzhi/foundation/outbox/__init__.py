"""Outbox (发件箱): news written in the transaction that makes it true, delivered after it has committed."""
