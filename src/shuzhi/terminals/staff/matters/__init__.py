"""Cases of matters: what waits, one case with all that belongs to it, and its figures."""
