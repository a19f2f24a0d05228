"""Ledgers (业务台账): registries that other systems keep here, under schemas of their own.

A base register (`data.registers`) is built from the sources that answer for it and written by nobody; a ledger is written record by
record by the systems that were granted it. It keeps every change, who looked at whose record, and what a schema said at each version.
"""
