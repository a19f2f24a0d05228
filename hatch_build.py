"""Build hooks: dependencies come from requirements/run.in, and the wheel carries the packs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class Dependencies(MetadataHookInterface):
    """One list of dependencies, where each line says why it is there: requirements/run.in."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in the project's dependencies."""
        text = Path(self.root, "requirements", "run.in").read_text("utf-8")
        lines = (line.split("#")[0].strip() for line in text.splitlines())
        metadata["dependencies"] = [line for line in lines if line]


class Packs(BuildHookInterface[Any]):
    """A wheel carries the packs beside the code; an editable install finds them in the checkout."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add what lies outside the package."""
        packs = Path(self.root, "packs")
        if version != "editable" and packs.is_dir():
            build_data["force_include"][str(packs)] = "shuzhi/_packs"
