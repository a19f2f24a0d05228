from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class RoleNotForPeople(PlatformError):
    """No person can hold the role {role}; only the platform's own processes do."""

    code = "identity.role_not_for_people"
    zh = "“{role}”只属于平台自身的进程，不能授予任何人。"


class NameNotAllowed(PlatformError):
    """The name {name} can't be given: {reason}."""

    code = "identity.name_not_allowed"
    zh = "不能使用名称“{name}”：{reason_zh}。"


class SigningInPaused(PlatformError):
    """Too many attempts to sign in failed; try again in {minutes} minutes, or ask your administrator."""

    code = "identity.signing_in_paused"
    http_status = 429
    zh = "登录尝试过多，请 {minutes} 分钟后再试，或联系本单位管理员。"


class NoSuchPause(PlatformError):
    """The pause {pause} is over."""

    code = "identity.no_such_pause"
    http_status = 404
    zh = "该限制已经解除。"


class NoSuchAccount(PlatformError):
    """There is no account {username}."""

    code = "identity.no_such_account"
    http_status = 404
    zh = "没有账号 {username}。"


class PasswordTooWeak(PlatformError):
    """Choose another password: {reason}."""

    code = "identity.password_too_weak"
    zh = "请换一个密码：{reason_zh}。"


class WrongPassword(PlatformError):
    """The present password is wrong."""

    code = "identity.wrong_password"
    zh = "当前密码不对。"


class WrongCode(PlatformError):
    """The code is wrong, or was used before; wait for the next one."""

    code = "identity.wrong_code"
    zh = "验证码不对，或已用过；请等下一个验证码。"


class SecondFactorThere(PlatformError):
    """A second factor is set up already; remove it first."""

    code = "identity.second_factor_there"
    http_status = 409
    zh = "已启用二次验证；如需更换，请先停用。"


class NoSecondFactor(PlatformError):
    """No second factor is being set up for this account; begin again."""

    code = "identity.no_second_factor"
    http_status = 404
    zh = "该账号没有二次验证，请重新开始。"


class SecondFactorNeeded(PlatformError):
    """This node asks for a second factor here; it can't be removed."""

    code = "identity.second_factor_needed"
    http_status = 409
    zh = "本节点要求这类账号使用二次验证，不能停用。"


class AccountThere(PlatformError):
    """There is an account {username} already."""

    code = "identity.account_there"
    http_status = 409
    zh = "已有账号 {username}。"


class NoOffice(PlatformError):
    """There is no office {office}; a clerk's account needs one."""

    code = "identity.no_office"
    zh = "没有部门 {office}；工作人员账号须属于一个部门。"


class NoRoles(PlatformError):
    """An account needs a role at least; roles of offices and the resident's don't go together."""

    code = "identity.no_roles"
    zh = "账号至少要有一个角色；工作人员角色与“办事人”不能并存。"


class NotOneself(PlatformError):
    """Administrators can't close their own account or change its roles; ask another one."""

    code = "identity.not_oneself"
    http_status = 409
    zh = "管理员不能关闭自己的账号，也不能改自己的角色；请由另一位管理员办理。"


class LastAdministrator(PlatformError):
    """The last administrator's account can't be closed or lose that role."""

    code = "identity.last_administrator"
    http_status = 409
    zh = "这是最后一位管理员，不能关闭账号，也不能撤去管理员角色。"
