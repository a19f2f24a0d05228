"""Payments: figures, orders, one order with its refunds and ledger, reconciliation."""
