"""The registration API of GovStack's building block (contract 0.1.1, statistics 1.0.0), under /govstack/registration."""
