from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shuzhi.business.market import models
from shuzhi.business.market.queries import count_consents, is_in_use
from shuzhi.business.market.services.agreements import Terms, delete_agreement, save_agreement
from shuzhi.business.market.types import AgreementDeclaration, ProductDeclaration
from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words


def install_agreement(declaration: Declaration[AgreementDeclaration], installation: Installation) -> None:
    """Make the agreement what the pack says; what was agreed to before stands as it was given."""
    value = declaration.value
    declared = value.model_dump(mode="json")
    content = {
        "version": value.version,
        "purpose": value.purpose,
        "lawfulBasis": "consent",
        "dataUse": "data_source",
        "dpia": "",
        "active": True,
        "forgettable": False,
        "controller": {"id": value.owner, "name": value.owner, "url": ""},
        "dataAttributes": [
            {"id": name, "name": name, "sensitivity": "", "category": said.zh}
            for name, said in value.fields.items()
        ],
        "declared": declared,
    }
    save_agreement(
        content=content,
        terms=Terms(value.purpose, value.receivers, tuple(value.fields), value.days),
        by=installation.by,
        at=installation.at,
        name=value.agreement,
        declared=declared,
        pack=installation.pack,
    )


def check_agreements(
    declarations: Sequence[Declaration[AgreementDeclaration]], known: Known
) -> Iterable[Finding]:
    """Owner and receivers are offices that exist."""
    for declaration in declarations:
        value = declaration.value
        for key, names in (("owner", (value.owner,)), ("receivers", value.receivers)):
            for name in names:
                if not known.has("offices", name):
                    yield Finding(
                        file=str(declaration.file),
                        line=declaration.line(key),
                        rule="agreement-office-unknown",
                        message=Words(zh=f"没有部门 {name}", en=f"no office {name}"),
                    )
        yield from _check_fields(declaration, known)


def _check_fields(declaration: Declaration[AgreementDeclaration], known: Known) -> Iterable[Finding]:
    """What is agreed to are fields that data sets or registers deliver only with this agreement."""
    value = declaration.value
    asking = [
        each
        for folder in ("datasets", "registers")
        for each in known.declared.get(folder, {}).values()
        if value.agreement in {each.policy.consent, *(field.policy.consent for field in each.fields)}
    ]
    there = {field.id for each in asking for field in each.fields}
    for name in value.fields:
        if asking and name not in there:
            asked = "、".join(sorted(getattr(each, "dataset", None) or each.register_ for each in asking))
            zh = f"要求此项授权的 {asked} 没有字段 {name}"
            en = f"{asked}, which asks for this agreement, has no field {name}"
            yield Finding(
                file=str(declaration.file),
                line=declaration.line("fields", name),
                rule="agreement-field-unknown",
                message=Words(zh=zh, en=en),
            )


def dry_run_agreement(old: AgreementDeclaration | None, new: AgreementDeclaration | None) -> Iterator[Change]:
    """Consents stand for what was read when they were given; they end with the agreement."""
    if old is None or old == new:
        return
    given = count_consents(agreement=old.agreement)
    if new is None:
        said = Words(zh="授权书停用，已有授权随之终止", en="the agreement ends, and every consent to it")
        yield Change("agreements", old.agreement, "removed", said, given)
        return
    said = Words(
        zh="已有授权按当时的文本有效，此后按新文本征求",
        en="consents hold as they were given; from now on the new text is asked for",
    )
    yield Change("agreements", old.agreement, "changed", said, given)


def retire_agreement(old: AgreementDeclaration, installation: Installation) -> None:
    """Ask for it no longer, and end what was agreed to: nothing is delivered on a text that nobody answers for."""
    if is_in_use(old.agreement):
        delete_agreement(name=old.agreement, by=installation.by, at=installation.at)


AGREEMENTS = Part(
    folder="agreements",
    schema=AgreementDeclaration,
    key="agreement",
    install=install_agreement,
    check=check_agreements,
    dry_run=dry_run_agreement,
    retire=retire_agreement,
)


def install_product(declaration: Declaration[ProductDeclaration], installation: Installation) -> None:
    """Offer the product as the pack says; contracts stand at the terms of the day on which they were signed."""
    models.Product.objects.update_or_create(
        id=declaration.value.product,
        defaults={"declared": declaration.value.model_dump(mode="json"), "pack": installation.pack},
    )


def check_products(
    declarations: Sequence[Declaration[ProductDeclaration]], known: Known
) -> Iterable[Finding]:
    """Owner and parties are offices; interface and agreement are declared."""
    for declaration in declarations:
        value = declaration.value
        parties = [share.party for share in value.shares if share.role != "subjects"]
        for name in (value.owner, *parties):
            if not known.has("offices", name):
                yield _product_finding(
                    declaration, "product-office-unknown", f"没有部门 {name}", f"no office {name}"
                )
        if not known.has("interfaces", value.interface):
            yield _product_finding(
                declaration,
                "product-interface-unknown",
                f"没有接口 {value.interface}",
                f"no interface {value.interface}",
            )
        if value.agreement is not None and not known.has("agreements", value.agreement):
            yield _product_finding(
                declaration,
                "product-agreement-unknown",
                f"没有授权书 {value.agreement}",
                f"no agreement {value.agreement}",
            )
        if any((share.role == "subjects") != (share.party == "subjects") for share in value.shares):
            zh, en = (
                "数据主体的份额写作 party: subjects、role: subjects",
                "the subjects' share is party and role `subjects`",
            )
            yield _product_finding(declaration, "product-subjects", zh, en)


def _product_finding(declaration: Declaration[ProductDeclaration], rule: str, zh: str, en: str) -> Finding:
    return Finding(
        file=str(declaration.file), line=declaration.line(), rule=rule, message=Words(zh=zh, en=en)
    )


def retire_product(old: ProductDeclaration, installation: Installation) -> None:
    """Sell it no longer; contracts run on."""
    del installation
    models.Product.objects.filter(id=old.product).update(pack=None)


PRODUCTS = Part(
    folder="products", schema=ProductDeclaration, key="product", install=install_product, check=check_products,
    retire=retire_product,
)  # fmt: skip
