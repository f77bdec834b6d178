"""The refusals of this folder."""

from __future__ import annotations

from core.errors import RequestError
from core.text import Text


class Overloaded(RequestError):
    """More happened than the client took; what it missed is not kept for it."""

    code = "OVERLOADED"
    text = Text(
        "more happened than this client took; subscribe again, and read what was missed",
        "事件多于该客户端所能接收；请重新订阅，并自行查询遗漏的内容",
    )
