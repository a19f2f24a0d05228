from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role, Scope

PERMISSIONS = (
    Permission(
        "exports.export",
        Words(zh="导出数据集", en="export a data set"),
        frozenset({Role.DATA_OFFICER, Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "exports.deliver",
        Words(zh="向部门交付批量文件", en="hand a batch file to an office"),
        frozenset({Role.APPROVER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "exports.feed",
        Words(zh="把数据交给模型", en="feed data to a model"),
        frozenset({Role.DATA_OFFICER, Role.BUREAU}),
        Scope.OWN_OFFICE,
    ),
    Permission(
        "exports.trace",
        Words(zh="追查泄露的文件", en="trace a leaked file"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
)
