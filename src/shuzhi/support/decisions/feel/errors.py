"""What FEEL refuses: a text that is not FEEL, and work without end."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class FeelSyntaxError(PlatformError):
    """Line {line}, column {column}: {found} where {expected} was expected."""

    code = "decisions.feel_syntax"
    http_status = 422
    zh = "第 {line} 行第 {column} 列：此处应为{expected_zh}，实际为{found_zh}。"

    def __init__(
        self,
        *,
        expected: str,
        expected_zh: str,
        found: str,
        found_zh: str,
        start: int,
        line: int,
        column: int,
    ) -> None:
        """Keep the place: `start` is the offset in characters, `line` and `column` count from one."""
        super().__init__(
            expected=expected,
            expected_zh=expected_zh,
            found=found,
            found_zh=found_zh,
            line=line,
            column=column,
        )
        self.start = start
        self.line = line
        self.column = column


class LimitExceeded(PlatformError):
    """The evaluation needs more than {limit} {what}."""

    code = "decisions.limit_exceeded"
    http_status = 422
    zh = "计算超出限额：{what_zh}不得超过 {limit}。"
