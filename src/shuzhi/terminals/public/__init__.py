"""Public terminal (公众端): open data for residents, firms and whoever reads."""
