"""Ratings of services (好差评): what was said of an office, and how satisfied people are with each."""
