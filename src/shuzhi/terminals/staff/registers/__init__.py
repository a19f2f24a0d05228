"""Pages of the registers (基础库): searching, golden records with their sources, conflicts."""
