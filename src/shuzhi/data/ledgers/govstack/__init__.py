"""The digital registries API of GovStack's building block (contract 1.3.0), under /govstack/registries.

The contract spells its addresses and fields in camel case; those of the versions before, with hyphens and other capitals, are answered too.
"""
