"""Outcomes of the organisation's mutations that a client handles."""

from __future__ import annotations

from core.errors import Expected
from core.text import Text


class NotYourself(Expected):
    """Nobody suspends themselves or widens their own rights (ACC-4)."""

    code = "NOT_YOURSELF"
    text = Text("you can't do this to yourself; somebody else has to", "不能对自己执行此操作，须由他人办理")


class NobodyLeft(Expected):
    """After this nobody could give roles any more."""

    code = "NOBODY_LEFT"
    text = Text(
        "nobody would be left who may give roles; let somebody else have such a role first",
        "此后将无人可分配角色；请先让他人拥有此类角色",
    )


class UnknownRole(Expected):
    """A role that the policies don't declare."""

    code = "UNKNOWN_ROLE"
    text = Text("unknown role {role}; known: {known}", "未知角色 {role}；已知：{known}")


class OwnAncestor(Expected):
    """A department would lie below itself."""

    code = "OWN_ANCESTOR"
    text = Text("a department can't lie below itself", "部门不能位于自身之下")
