from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Permission, Role

PERMISSIONS = (
    Permission(
        "classification.read",
        Words(zh="查看分级复核", en="read reviews of grading"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
    Permission(
        "classification.scan",
        Words(zh="识别数据内容", en="look into data sets"),
        frozenset({Role.BUREAU, Role.ADMINISTRATOR}),
    ),
)
