"""`forms/*.json`: forms of a pack, checked whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Lines, Part
from shuzhi.foundation.words import Words
from shuzhi.support.forms import json_lines
from shuzhi.support.forms.checking import faults_of
from shuzhi.support.forms.types import FormDeclaration, PackForm

_ZH = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这样的项",
    "string_pattern_mismatch": "写法应符合 {pattern}",
    "string_type": "应为文字",
    "literal_error": "只能是 {expected} 之一",
    "enum": "只能是 {expected} 之一",
    "too_short": "至少要有 {min_length} 项",
    "dict_type": "应为一组键和值",
    "model_type": "应为一组键和值",
    "tuple_type": "应为列表",
    "bool_parsing": "应为 true 或 false",
    "int_parsing": "应为整数",
}


def read_form(file: Path) -> tuple[BaseModel | None, Lines, list[Finding]]:
    """A form file with every fault of it; one that has any is not installed."""
    try:
        content = file.read_bytes()
        document = json_lines.read(content)
    except json_lines.NotJson as error:
        return None, {}, [_finding(file, error.line, "json", error.zh, error.en)]
    except OSError as error:
        return None, {}, [_finding(file, 1, "json", "读不出文件", f"can't read the file: {error.strerror}")]
    lines = document.lines
    try:
        form = FormDeclaration.model_validate(document.value)
    except ValidationError as error:
        return None, lines, list(_shape_findings(file, lines, error))
    findings = [_finding(file, _line(lines, where), rule, zh, en) for where, rule, zh, en in faults_of(form)]
    if findings:
        return None, lines, findings
    digest = hashlib.sha256(content).hexdigest()[:16]
    return PackForm(id=form.id, declaration=form, digest=digest, text=content.decode("utf-8")), lines, []


def _shape_findings(file: Path, lines: Lines, error: ValidationError) -> Iterator[Finding]:
    for fault in error.errors(include_url=False):
        where = ".".join(str(step) for step in fault["loc"])
        zh = _ZH.get(fault["type"], fault["msg"]).format_map(_Facts(fault.get("ctx", {})))
        line = _line(lines, fault["loc"])
        yield _finding(file, line, "shape", f"{where or '文件'}：{zh}", f"{where or 'file'}: {fault['msg']}")


class _Facts(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


def _line(lines: Lines, path: tuple[str | int, ...]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _finding(file: Path, line: int, rule: str, zh: str, en: str) -> Finding:
    return Finding(file=str(file), line=line, rule=f"forms-{rule}", message=Words(zh=zh, en=en))


def check_forms(declarations: Sequence[Declaration[PackForm]], known: Known) -> Iterator[Finding]:
    """What a form names in other packs is there: its owner, and the registers that it is filled from."""
    for each in declarations:
        form = each.value.declaration
        if not known.has("offices", form.owner):
            zh, en = f"没有部门 {form.owner}", f"no office {form.owner}"
            yield _finding(each.file, each.line("owner"), "owner-unknown", zh, en)
        for at, prefill in enumerate(form.prefill):
            if not known.has("registers", prefill.register_):
                line = each.line("prefill", at, "register")
                zh, en = f"没有基础库 {prefill.register_}", f"no register {prefill.register_}"
                yield _finding(each.file, line, "register-unknown", zh, en)
            register = known.value("registers", prefill.register_)
            there = {field.id for field in register.fields} if register is not None else set()
            asked = [("by", prefill.by), ("latest", prefill.latest)]
            asked += [(f"fields.{name}", of) for name, of in prefill.fields.items()]
            for key, name in asked:
                if there and name is not None and name not in there:
                    zh = f"基础库 {prefill.register_} 没有字段 {name}"
                    en = f"the register {prefill.register_} has no field {name}"
                    line = each.line("prefill", at, *key.split("."))
                    yield _finding(each.file, line, "register-field-unknown", zh, en)


def install_form(declaration: Declaration[PackForm], installation: Installation) -> None:
    """Make the form the one that new fillings begin with."""
    from shuzhi.support.forms import services

    services.install_form(
        form=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def dry_run_form(old: PackForm | None, new: PackForm | None) -> Iterator[Change]:
    """Drafts follow a new version; what they answered and is asked no longer is shown to whoever comes back."""
    from shuzhi.support.forms import queries

    if old is None or (new is not None and new.digest == old.digest):
        return
    drafts = queries.count_drafts(form=old.id)
    if new is None:
        said = Words(
            zh="不再新填，已有草稿按原版填完",
            en="nothing new is filled in, drafts are finished as they began",
        )
        yield Change("forms", old.id, "removed", said, drafts)
        return
    said = Words(
        zh="草稿转到新版，相同的回答保留", en="drafts move to the new version and keep what is still asked"
    )
    yield Change("forms", old.id, "changed", said, drafts)
    before, after = (set(one.declaration.schema_.get("properties", {})) for one in (old, new))
    if drafts and (gone := sorted(before - after)):
        zh, en = (
            f"不再问 {'、'.join(gone)}，草稿里的回答另存备查",
            f"{', '.join(gone)} are asked no longer: drafts' answers are set aside",
        )
        yield Change("forms", old.id, "changed", Words(zh=zh, en=en), drafts)


def retire_form(old: PackForm, installation: Installation) -> None:
    """Begin no new filling."""
    from shuzhi.support.forms import services

    services.retire_form(form=old.id, by=installation.by, at=installation.at)


FORMS = Part(
    folder="forms",
    schema=PackForm,
    key="id",
    install=install_form,
    check=check_forms,
    ending=".json",
    read=read_form,
    dry_run=dry_run_form,
    retire=retire_form,
)
