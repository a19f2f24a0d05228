"""Pages of the catalog (目录): searching, and the life of one data set from top to bottom."""
