"""Pages of lists (分页) as addresses ask for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

PageNumber = Annotated[int, Field(ge=1, le=1_000_000)]  # from 1; behind the last page nothing is listed
