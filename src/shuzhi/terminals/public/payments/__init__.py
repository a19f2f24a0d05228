"""My payments: what I was asked for, paying it, receipts and refunds."""
