"""What the public suites of GovStack's building blocks ask and expect, in our own words: the same requests over real HTTP."""
