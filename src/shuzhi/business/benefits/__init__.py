"""Benefits that nobody has to apply for (免申即享): policies are rules that run over a whole register; whoever is entitled is
found, told, asked for one tap, and paid from a budget that can't be overspent, with a ledger of two sides.
"""
