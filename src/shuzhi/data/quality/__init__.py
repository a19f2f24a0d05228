"""Quality (质量): rules compiled to one scan a batch, scorecards by GB/T 36344, and the loop of problem data.

NULLs: `not_null` counts missing values (a text of spaces is missing too); every other check leaves NULLs
out of what it looked at, so that one gap is not counted by many rules. Each fault is counted once: what
the collection put into quarantine counts under the field's `valid` or `not_null` rule, and under the rule
`quarantine` when no rule claims it.
"""
