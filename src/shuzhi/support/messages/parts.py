from __future__ import annotations

from shuzhi.foundation.parts import Declaration, Installation, Part
from shuzhi.support.messages.types import TemplateDeclaration


def install_template(declaration: Declaration[TemplateDeclaration], installation: Installation) -> None:
    """Make the template what the pack says."""
    from shuzhi.support.messages import services

    services.install_template(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


TEMPLATES = Part(folder="messages", schema=TemplateDeclaration, key="message", install=install_template)
