"""Home (首页): begins with a question; shows only what exists."""
