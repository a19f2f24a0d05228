"""Halls for whoever comes: what waits, booking a time, the screen over the windows, kiosks."""
