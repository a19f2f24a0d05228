"""What making SQL of rules refuses."""

from __future__ import annotations

from shuzhi.support.decisions.errors import RulesFaulty


class RulesNotInSql(RulesFaulty):
    """{count} places of the rules have no meaning in SQL, the first at {first}: {en}."""

    code = "decisions.rules_not_in_sql"
    http_status = 422
    zh = "规则中有 {count} 处不能转换为 SQL，第一处在 {first_zh}：{zh}。"
