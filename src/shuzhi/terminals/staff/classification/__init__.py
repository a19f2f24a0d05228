"""Reviews of grading as staff see them (分级复核)."""
