"""What was said and liked: interactions and preferences (CUS-1, CUS-2)."""

from __future__ import annotations

from typing import Any

from core.customers.choices import Channel, Collection, InteractionKind, Source
from core.customers.models import Interaction, Preference
from core.demo.customers import Buyer
from core.demo.stage import Stage
from core.organization.choices import DepartmentKind

INTERACTIONS, DAYS = 3000, 540
SAID = {
    InteractionKind.CALL: (
        Channel.PHONE,
        ("回访满意度，客户表示满意", "提醒会员日优惠", "咨询发货时间，已答复"),
    ),
    InteractionKind.VISIT: (None, ("上门拜访，了解明年采购计划", "门店接待，推荐新到专辑")),
    InteractionKind.MESSAGE: (Channel.WECHAT, ("发送新品目录，客户已读", "生日祝福", "客户询问积分规则")),
    InteractionKind.EMAIL: (Channel.EMAIL, ("发送报价单", "发送活动邀请函")),
    InteractionKind.MEETING: (None, ("商谈年度合作框架",)),
    InteractionKind.COMPLAINT: (Channel.PHONE, ("反映包装破损，已补发", "反映配送延误，已致歉并跟进")),
    InteractionKind.SERVICE: (Channel.PHONE, ("协助办理换货", "指导会员注册")),
}
LIKES = {
    "联系时段": ("工作日上午", "工作日下午", "晚间", "周末"),
    "音乐类型": ("流行", "古典", "摇滚", "爵士", "民乐", "原声"),
    "礼品": ("签名唱片", "演出门票", "代金券"),
}


async def make_contacts(stage: Stage, buyers: list[Buyer]) -> None:
    """Interactions over the past months, and what some customers prefer."""
    await stage.insert(
        Interaction, [_interaction(stage, stage.invent.one(buyers)) for _ in range(INTERACTIONS)]
    )
    await stage.insert(
        Preference,
        (
            {
                "customer_id": buyer.id,
                "topic": topic,
                "value": stage.invent.one(values),
                "source": Source.BUSINESS_CONTACT,
                "collected_by": Collection.STAFF,
                "recorded_at": stage.invent.before(stage.now, DAYS),
            }
            for buyer in buyers
            for topic, values in LIKES.items()
            if stage.invent.often(0.2)
        ),
    )


def _interaction(stage: Stage, buyer: Buyer) -> dict[str, Any]:
    kind = stage.invent.one(tuple(SAID))
    channel, summaries = SAID[kind]
    at = stage.invent.before(stage.now, DAYS)
    served = kind in (InteractionKind.COMPLAINT, InteractionKind.SERVICE) or buyer.owner is None
    employee = stage.invent.one(stage.of(DepartmentKind.CUSTOMER_SERVICE)) if served else buyer.owner
    return {
        "customer_id": buyer.id,
        "at": at,
        "kind": kind,
        "channel": channel,
        "summary": stage.invent.one(summaries),
        "employee_id": employee.id if employee else None,
        "source": Source.BUSINESS_CONTACT,
        "collected_by": Collection.STAFF,
        "created_at": at,
    }
