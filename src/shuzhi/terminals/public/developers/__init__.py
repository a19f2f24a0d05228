"""Developers (开发者): every way to get the data by program."""
