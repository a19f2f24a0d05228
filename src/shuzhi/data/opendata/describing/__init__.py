"""What is open, described for programs: DCAT-AP, CSV on the Web, Frictionless Data, feeds of changes."""
