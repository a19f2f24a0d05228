"""How much a list tells at once."""

MOST_ROWS = 200
