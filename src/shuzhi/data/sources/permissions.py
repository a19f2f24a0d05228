from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

_OFFICERS = frozenset({Role.DATA_OFFICER, Role.BUREAU})

PERMISSIONS = (
    Permission(
        "sources.read",
        Words(zh="查看归集情况", en="see sources and batches"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU, Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR}),
    ),
    Permission(
        "sources.register", Words(zh="登记数据源", en="register a source"), _OFFICERS, Scope.OWN_OFFICE
    ),
    Permission("sources.receive", Words(zh="提交数据", en="hand in data"), _OFFICERS, Scope.OWN_OFFICE),
    Permission("sources.collect", Words(zh="归集数据", en="collect data"), _OFFICERS, Scope.OWN_OFFICE),
    Permission(
        "sources.read_quarantine", Words(zh="查看隔离数据", en="see quarantined rows"), _OFFICERS, Scope.OWN_OFFICE
    ),
)
