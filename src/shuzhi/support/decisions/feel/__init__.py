"""FEEL, the language of rules (OMG DMN 1.5, chapter 10), from text to value. The public face:

- `names.Names`: what a text may speak of: `Names.of(["注册资本", "Monthly Income"], types={"tFirm": …})`; variables
  may carry their type (a mapping), then the names of their components are known too.
  `names.normal_name(text)` gives the one form of a name ("Phone   Number" and "a - b" become "Phone Number", "a-b").
- `parser.parse_expression(text, *, names, limits=…) -> Node`, `parser.parse_unary_tests(text, *, names, limits=…)`,
  `parser.parse_type(text, *, names)`. All faults are `errors.FeelSyntaxError` with line, column and what was expected.
- `nodes`: the typed, immutable tree; every node has `span`, which equality ignores. `nodes.children(node)`,
  `nodes.walk(node)`, `nodes.undeclared(node)` (names that nobody declared), `printing.text_of(node)` (back to FEEL).
- `values`: what FEEL computes with. null is None, booleans bool, strings str, numbers Decimal (34 digits), lists
  `list`, contexts `dict` with str keys (neither is ever changed once made), `Date`, `Time`, `DateTime`, `DayDuration`,
  `MonthDuration`, `Range`, `Function`. `values.from_python(x)` and `values.to_python(x)` translate at the door;
  `values.equal(a, b)` and `values.less(a, b)` are three-valued. `values.types` has the FEEL types with `accepts(value)`.
- `compile.compile_expression(node, *, types=…) -> Compiled`; `compiled(scope) -> value`;
  `compile.compile_unary_tests(node, *, types=…) -> CompiledTests`; `tests(scope, value) -> bool | None`.
- `scope.Scope(variables, *, limits=Limits(), now=None)`: the bindings of one evaluation, its limits, its clock
  (`now()` and `today()` give null where no time was passed in) and `scope.problems`, the reasons of its nulls.
- `evaluate.evaluate(text, variables, …) -> Evaluation(value, problems)`; `evaluate.strictly(compiled, scope)` answers
  `Evaluated`, `NotEvaluable` (missing or ill-typed input, named) or `RuleError` (where the rule is wrong).

Whoever compiles or runs a text that is not his own catches `errors.LimitExceeded`: a tree may be too deep to compile,
an evaluation may need more than its limits allow.

A function made elsewhere (a business knowledge model, a decision service) is `values.Function(name, parameters,
call, result=…)` with `call(scope, arguments) -> value`.
"""
