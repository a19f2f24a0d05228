"""DMN (决策模型): rule files are read, checked and compiled; decisions are answered with their reasons."""
