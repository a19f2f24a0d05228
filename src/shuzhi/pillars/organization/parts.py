from __future__ import annotations

from collections.abc import Iterator, Sequence

from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import models
from shuzhi.pillars.organization.divisions.tree import shipped_tree
from shuzhi.pillars.organization.types import NodeDeclaration, OfficeDeclaration


def install_office(declaration: Declaration[OfficeDeclaration], installation: Installation) -> None:
    """Make the office and its posts what the pack says."""
    office = declaration.value
    models.Office.objects.update_or_create(
        id=office.office,
        defaults={
            "title_zh": office.title.zh,
            "title_en": office.title.en,
            "division": office.division,
            "tier": office.tier.value,
            "pack": installation.pack,
        },
    )
    gone = models.Post.objects.filter(office_id=office.office).exclude(
        slug__in=[post.id for post in office.posts]
    )
    gone.delete()
    for post in office.posts:
        models.Post.objects.update_or_create(
            office_id=office.office,
            slug=post.id,
            defaults={
                "title_zh": post.title.zh,
                "title_en": post.title.en,
                "role": post.role.value,
                "duties_zh": post.duties.zh,
                "duties_en": post.duties.en,
            },
        )


def install_node(declaration: Declaration[NodeDeclaration], installation: Installation) -> None:
    """Say which government this installation serves."""
    models.Node.objects.update_or_create(
        id=declaration.value.node,
        defaults={"declared": declaration.value.model_dump(mode="json"), "pack": installation.pack},
    )


def check_nodes(declarations: Sequence[Declaration[NodeDeclaration]], known: Known) -> Iterator[Finding]:
    """An installation serves one government."""
    del known
    for declaration in declarations[1:]:
        yield Finding(
            file=str(declaration.file),
            line=1,
            rule="one-node",
            message=Words(
                zh=f"本节点已由 {declarations[0].file} 声明",
                en=f"the node is already declared in {declarations[0].file}",
            ),
        )


NODES = Part(folder="nodes", schema=NodeDeclaration, key="node", install=install_node, check=check_nodes)


def check_offices(declarations: Sequence[Declaration[OfficeDeclaration]], known: Known) -> Iterator[Finding]:
    """An office sits in a division that there is; its posts, and the accounts of its posts, have names of their own."""
    del known
    tree = shipped_tree()
    accounts: set[str] = set()
    for declaration in declarations:
        office = declaration.value
        if not tree.history(office.division):
            zh, en = f"没有区划 {office.division}", f"there is no division {office.division}"
            yield _finding(declaration, ("division",), "division-unknown", zh, en)
        slugs = [post.id for post in office.posts]
        for index, post in enumerate(office.posts):
            if post.id in slugs[:index]:
                zh, en = f"岗位 {post.id} 重复", f"the post {post.id} stands twice"
                yield _finding(declaration, ("posts", index, "id"), "post-twice", zh, en)
            if post.demo_account in accounts:
                zh, en = f"账号 {post.demo_account} 重复", f"the account {post.demo_account} stands twice"
                yield _finding(declaration, ("posts", index, "demo_account"), "account-twice", zh, en)
            accounts |= {post.demo_account} - {None}  # type: ignore[arg-type]


def _finding(
    declaration: Declaration[OfficeDeclaration], path: tuple[str | int, ...], rule: str, zh: str, en: str
) -> Finding:
    return Finding(str(declaration.file), declaration.line(*path), rule, Words(zh=zh, en=en))


OFFICES = Part(
    folder="offices", schema=OfficeDeclaration, key="office", install=install_office, check=check_offices
)
