"""Rules in SQL: a decision with all it needs as one Ibis expression over a table (DuckDB here).

- `query.compile_decision(rules, decision, table, Asked(…)) -> Compiled`; `compiled.over(table)` is the table with the
  columns `answer`, `row` (which row hit, or which rows) and with `eligibility` also `eligible` (yes, no, unknown) and
  `missing` (the inputs without a value). What SQL can't say is refused beforehand: `errors.RulesNotInSql.faults`.
- `running.decide_table(…)`: a Parquet file in, one out, within a limit of memory.
- `whatif.compare_rules(…)`: two versions of a rule over one population.

`expressions`, `calls`, `lists` write FEEL's tree; `numbers` and `moments` compute; `logic` has three values;
`tables` and `boxes` write DMN's; `shapes` are what they hand each other.
"""
