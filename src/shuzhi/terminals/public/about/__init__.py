"""About (关于): what this site is and whom to ask."""
