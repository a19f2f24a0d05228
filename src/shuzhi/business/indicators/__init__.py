"""Indicators (指标): defined once, computed from the platform's own acts, with numerator, denominator and day."""
