"""Matters (事项): what residents and firms can have done, what it takes in their situation, and where it is found; and cases
(办件), in which it is done. `library` holds the matters, `cases` the cases.
"""
