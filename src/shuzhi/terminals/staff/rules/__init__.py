"""Pages of the rules (规则): what is decided by which rows, tried by a clerk, and replayed before a change is published."""
