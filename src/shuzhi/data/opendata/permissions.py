from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

PERMISSIONS = (
    Permission(
        "opendata.open",
        Words(zh="开放数据集", en="open a data set to the public"),
        frozenset({Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "opendata.write",
        Words(zh="用程序维护开放数据", en="keep open data by program"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "opendata.contest",
        Words(zh="举办开放数据大赛", en="hold contests of open data"),
        frozenset({Role.BUREAU}),
    ),
    Permission(
        "opendata.ask",
        Words(zh="申请和评议开放数据", en="ask for open data and speak about them"),
        frozenset({Role.RESIDENT}),
    ),
)
