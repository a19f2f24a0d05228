"""Workflow (流程): closed loops declared as tables of states in packs; one inbox, one clock, one history.

A running loop is a dossier (案卷). It keeps the definition it was opened under, so that a pack's new
version never changes the rules of a dossier already on its way.
"""
