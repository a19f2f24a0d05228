"""Sources (归集): departments' files and databases, how they are read, profiled and collected."""
