"""What can be asked about points; policies say who gets yes (ACC-1)."""

from __future__ import annotations

from schema.plugin import Permission, Text

RECORD_POINTS = Permission("PointsTransaction", "record", Text("enter points as earned", "登记所得积分"))
REDEEM_POINTS = Permission("PointsTransaction", "redeem", Text("redeem members' points", "兑换会员积分"))
ADJUST_POINTS = Permission("PointsTransaction", "adjust", Text("adjust points by hand", "人工调整积分"))
REVERSE_POINTS = Permission("PointsTransaction", "reverse", Text("reverse transactions", "冲正积分交易"))
READ_LIABILITY = Permission(
    "PointsAccount", "total", Text("read what the company owes in points", "查看积分负债")
)
UPDATE_POINTS_RULE = Permission("PointsRule", "update", Text("set the rules of earning", "设置积分规则"))
ENROL_MEMBER = Permission(
    "PointsMember", "enrol", Text("enrol members, and let them go", "办理会员加入与退出")
)
UPDATE_LEVELS = Permission(
    "PointsLevel", "update", Text("set the levels and their benefits", "设置会员等级与权益")
)
UPDATE_REWARD = Permission("PointsReward", "update", Text("set rewards and their stock", "设置奖品及库存"))
ISSUE_REWARD = Permission(
    "PointsRedemption", "issue", Text("redeem rewards for members' points", "为会员兑换奖品")
)
USE_REWARD = Permission("PointsRedemption", "use", Text("take redemption codes in use", "核销兑换码"))
CANCEL_REWARD = Permission(
    "PointsRedemption", "cancel", Text("cancel redemptions and give points back", "取消兑换并退回积分")
)

LEDGER = (
    RECORD_POINTS,
    REDEEM_POINTS,
    ADJUST_POINTS,
    REVERSE_POINTS,
    READ_LIABILITY,
    UPDATE_POINTS_RULE,
)
PROGRAMME = (ENROL_MEMBER, UPDATE_LEVELS, UPDATE_REWARD, ISSUE_REWARD, USE_REWARD, CANCEL_REWARD)
ALL = (*LEDGER, *PROGRAMME)
