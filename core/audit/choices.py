"""Closed lists of values of the audit."""

from __future__ import annotations

import enum

from core.text import Text


class AuditKind(enum.Enum):
    """What sort of thing was done (ACC-3)."""

    READ = Text("reading of sensitive fields", "读取敏感字段")
    UNMASK = Text("reading under break-glass", "紧急授权下读取")
    EXPORT = Text("export", "导出")
    WRITE = Text("writing", "写入")
    SIGN_IN = Text("sign-in", "登录")
    REFUSAL = Text("refusal", "拒绝")
    POLICY = Text("change of policies", "策略变更")
    EMERGENCY = Text("break-glass", "紧急授权")
    SUSPENSION = Text("suspension or its case", "停权及其案件")
    REVIEW = Text("review of permissions", "权限审查")
    ERASURE = Text("erasure of a record's content", "清除记录内容")
    ANCHOR = Text("anchor of other chains", "锚定其他链")


READINGS = (AuditKind.READ, AuditKind.UNMASK)
"""Readings of sensitive fields, under break-glass or not; those that leave as a file aside."""
