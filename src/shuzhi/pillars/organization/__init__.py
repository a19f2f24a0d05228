<<<<<<< HEAD
"""Organization (组织保障): the division tree with its history, offices, posts and duties, people, a node's tier."""
=======
"""Organization (组织保障): the division tree with its history, and the places that addresses name in it."""
>>>>>>> standards
