"""Discovery (发现): what harvesters and search engines read."""
