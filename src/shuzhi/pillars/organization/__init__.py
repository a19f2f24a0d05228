"""Organization (组织保障): the division tree with its history, offices, posts and duties, people, a node's tier."""
