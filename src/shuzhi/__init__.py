"""Shuzhi (数治): one package that runs a whole digital government.

Storeys from top to bottom: node, demo, terminals, packs, business, data, infrastructure,
support, pillars, foundation. Imports go down only; `docs/architecture.md` draws the house.
"""

__version__ = "0.1.0"
