"""Workbench (工作台): the reader's inbox and the dossiers in it."""
