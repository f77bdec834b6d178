"""Every error that a caller may see: a stable code, a message in both languages, the field it speaks of.

A defect is none of these: it is logged with a request id and masked at the edge.
"""

from __future__ import annotations

from typing import ClassVar

from core.text import Language, Text


class BaokeError(Exception):
    """An error that is told to the caller. Subclasses set `code` (unique, upper case) and `text`."""

    code: ClassVar[str]
    text: ClassVar[Text]
    catalog: ClassVar[dict[str, type[BaokeError]]] = {}

    def __init_subclass__(cls) -> None:
        """Enter the code into the catalogue; one code belongs to one class."""
        super().__init_subclass__()
        if (
            "code" in cls.__dict__
            and BaokeError.catalog.setdefault(cls.code, cls).__qualname__ != cls.__qualname__
        ):
            message = f"error code {cls.code} is declared by {BaokeError.catalog[cls.code]} and by {cls}"
            raise TypeError(message)

    def __init__(self, field: str | None = None, reason: Text | None = None, **params: object) -> None:
        """`field` names the place of the fault (an argument, column, setting).

        `reason` replaces the class's text; `params` fill it in.
        """
        self.field, self.reason, self.params = field, reason or self.text, params
        super().__init__(self.message("en"))

    def message(self, language: Language) -> str:
        """The message for a person: the place, then what is wrong and the remedy."""
        said = self.reason.say(language, **self.params)
        return f"{self.field}: {said}" if self.field else said


class RequestError(BaokeError):
    """The whole request is refused before any row is read; the answer has no `data`."""


class Forbidden(RequestError):
    """The caller may not do this, whatever the value (PRM-7)."""

    code = "FORBIDDEN"
    text = Text(
        "your role does not allow this here; ask an administrator, "
        "or narrow `scope` to a relation in which the field is shown",
        "您的角色在此处无此权限；请联系管理员，或把 `scope` 收窄到该字段可见的关系范围",
    )


class BadUserInput(RequestError):
    """A value that can't be used: wrong form, out of range, contradictory."""

    code = "BAD_USER_INPUT"
    text = Text("this value can't be used", "该值无法使用")


class Unauthenticated(RequestError):
    """No token, or one that is not accepted (PRM-4)."""

    code = "UNAUTHENTICATED"
    text = Text(
        "sign in: send `Authorization: Bearer <token>` with a valid token",
        "请登录：以 `Authorization: Bearer <令牌>` 发送有效令牌",
    )


class Unavailable(RequestError):
    """The database is away, full or too slow (PRM-10); nothing was changed."""

    code = "UNAVAILABLE"
    text = Text("the service can't answer just now; try again shortly", "服务暂时无法应答，请稍后重试")


class Timeout(RequestError):
    """The statement ran past the time limit (PRM-10)."""

    code = "TIMEOUT"
    text = Text("the query took too long; ask for less", "查询耗时过长，请缩小范围")


class TooComplex(RequestError):
    """More than one statement of this database can hold; found before any row was read (PRM-2)."""

    code = "TOO_COMPLEX"
    text = Text(
        "this nests too much for the database; nest fewer lists or conditions, or ask in several requests",
        "嵌套过多，超出数据库能力；请减少列表或条件的嵌套，或分多次请求",
    )


class Expected(BaokeError):
    """An outcome that a client handles: a typed member of the mutation's result union."""


class NotFound(Expected):
    """No such thing, or not visible to the caller: both answer alike (PRM-7)."""

    code = "NOT_FOUND"
    text = Text("no {thing} with this id is visible to you", "没有您可见的{thing}与此编号对应")


class InvalidInput(Expected):
    """A value that the rules of the domain refuse; `field` names it, the message says the remedy."""

    code = "INVALID_INPUT"
    text = Text("this value is not accepted", "该值不被接受")


class Conflict(Expected):
    """The change contradicts what is stored."""

    code = "CONFLICT"
    text = Text("this contradicts what is stored", "与已有数据冲突")


class IdempotencyMismatch(Expected):
    """The key was used before with other input (PRM-9)."""

    code = "IDEMPOTENCY_MISMATCH"
    text = Text(
        "this idempotency key was used with other input; use a new key for a new request",
        "该幂等键已用于不同的输入；新的请求请使用新的键",
    )


class ConfigurationError(BaokeError):
    """A setting, policy line or declaration that the product can't start with."""

    code = "CONFIGURATION"
    text = Text("this can't be used", "无法使用")
