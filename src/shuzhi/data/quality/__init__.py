"""Quality (质量): rules compiled to one scan a batch, scorecards by GB/T 36344, and the loop of problem data.

NULLs: `not_null` counts missing values; every other check leaves them out, so that a value is never
counted twice. A text of spaces is missing too.
"""
