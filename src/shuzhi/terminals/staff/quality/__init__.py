"""Pages of quality (质量): scorecards, issues, and the checks of one data set."""
