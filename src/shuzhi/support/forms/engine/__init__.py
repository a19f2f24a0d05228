"""The engine of forms (表单引擎): no tables, no clock, no network.

- `validate(schema, instance)` is JSON Schema 2020-12, whole, with limits.
- `compile_form(declaration) -> CompiledForm`; `evaluate(compiled, answers, facts=…, at=…) -> Outcome`.
- `portable(compiled)` is the same form as one document for the browser's module `forms/evaluate.mjs`.
"""

from shuzhi.support.forms.engine.compiling import CompiledForm, compile_form
from shuzhi.support.forms.engine.evaluating import evaluate
from shuzhi.support.forms.engine.portable import portable
from shuzhi.support.forms.engine.schemas import SchemaFault, is_valid, validate

__all__ = [
    "CompiledForm",
    "SchemaFault",
    "compile_form",
    "evaluate",
    "is_valid",
    "portable",
    "validate",
]
