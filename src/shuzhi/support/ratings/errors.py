from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class ScoreWrong(PlatformError):
    """A rating is a whole number from 1 to 5."""

    code = "ratings.score_wrong"
    http_status = 400
    zh = "评价为 1 至 5 的整数。"


class WordsTooLong(PlatformError):
    """Say it in at most {most} characters."""

    code = "ratings.words_too_long"
    http_status = 400
    zh = "评价内容最多 {most} 个字。"


class NothingToRate(PlatformError):
    """There is no {subject} that you could rate."""

    code = "ratings.nothing_to_rate"
    http_status = 404
    zh = "没有可由您评价的 {subject}。"


class NotOverYet(PlatformError):
    """{subject} is not over yet; it can be rated once it is."""

    code = "ratings.not_over_yet"
    http_status = 409
    zh = "{subject} 尚未办结，办结后可以评价。"


class NoLongerChangeable(PlatformError):
    """It was rated on {rated_on}; a rating can be changed for {days} days."""

    code = "ratings.no_longer_changeable"
    http_status = 409
    zh = "已于 {rated_on} 评价，评价后 {days} 天内可以修改。"
