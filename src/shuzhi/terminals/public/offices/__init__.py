"""Offices (部门): who has opened what."""
