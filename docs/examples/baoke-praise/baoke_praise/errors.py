"""Errors of this plugin: a code of its own, a message in both languages."""

from __future__ import annotations

from schema.plugin import BadUserInput, Expected, HttpRefusal, Text


class PraiseRequestClosed(Expected):
    """The request was closed before."""

    code = "PRAISE_REQUEST_CLOSED"
    text = Text("this request is closed already", "该邀评已关闭")


class PraiseBadSignature(HttpRefusal):
    """A delivery that is not signed with our secret, or is too old."""

    code, status = "PRAISE_BAD_SIGNATURE", 403
    text = Text(
        "the signature or its time stamp is not accepted; see the plugin's README",
        "签名或时间戳无效；请参阅插件的 README",
    )


class PraiseBadDelivery(BadUserInput):
    """A delivery that is none; `field` says where. Status 400, as with all that can't be read."""

    code = "PRAISE_BAD_DELIVERY"
    text = Text(
        "this delivery can't be read; see the plugin's README", "推送内容无法读取；请参阅插件的 README"
    )
