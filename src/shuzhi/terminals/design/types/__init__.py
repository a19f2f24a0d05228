"""The parts as values: build one in a view, draw it with `{% part value %}`."""

from __future__ import annotations

from shuzhi.terminals.design.types.charts import Area, Chart, MapPanel, Series, Shade, Tile, TileMap
from shuzhi.terminals.design.types.chips import Chip, Deadline, Demo, Grade, Source, Tag, Tags, Tone
from shuzhi.terminals.design.types.figures import Count, Figure, Meter, Progress, Receipt, Running, Share
from shuzhi.terminals.design.types.flows import (
    Confirm,
    Difference,
    Fact,
    Lineage,
    Moment,
    Refusal,
    Step,
    Steps,
    Stop,
    Stops,
    Timeline,
    Versions,
    Why,
)
from shuzhi.terminals.design.types.forms import Choice, ErrorSummary, Field
from shuzhi.terminals.design.types.navigation import Crumbs, Link, Room, Tab, Tabs
from shuzhi.terminals.design.types.said import Said, Words, say
from shuzhi.terminals.design.types.tables import Action, Cell, Column, Pages, Row, Table

__all__ = [
    "Action",
    "Area",
    "Cell",
    "Chart",
    "Chip",
    "Choice",
    "Column",
    "Confirm",
    "Count",
    "Crumbs",
    "Deadline",
    "Demo",
    "Difference",
    "ErrorSummary",
    "Fact",
    "Field",
    "Figure",
    "Grade",
    "Lineage",
    "Link",
    "MapPanel",
    "Meter",
    "Moment",
    "Pages",
    "Progress",
    "Receipt",
    "Refusal",
    "Room",
    "Row",
    "Running",
    "Said",
    "Series",
    "Shade",
    "Share",
    "Source",
    "Step",
    "Steps",
    "Stop",
    "Stops",
    "Tab",
    "Table",
    "Tabs",
    "Tag",
    "Tags",
    "Tile",
    "TileMap",
    "Timeline",
    "Tone",
    "Versions",
    "Why",
    "Words",
    "say",
]
