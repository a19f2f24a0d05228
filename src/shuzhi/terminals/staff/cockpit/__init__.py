"""Cockpit (驾驶舱): what is off, why, and who acts; from the city down to the record."""
