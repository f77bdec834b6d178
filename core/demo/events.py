"""Activities with those who took part, and assessments (ACT-3, ACT-8, ACT-9, ASM-1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.activities.choices import ActivityKind, ActivityStatus, ParticipationStatus
from core.activities.models import Activity, Participation
from core.assessments.choices import Grade
from core.assessments.models import Assessment
from core.demo.customers import Buyer
from core.demo.stage import Stage
from core.organization.choices import DepartmentKind

# Title, sort, state, days from now, place.
ACTIVITIES = (
    ("春季新品发布会", ActivityKind.PRODUCT_LAUNCH, ActivityStatus.EVALUATED, -210, "上海展览中心"),
    ("老客户答谢会", ActivityKind.THANK_YOU, ActivityStatus.EVALUATED, -150, "杭州西湖国宾馆"),
    ("中秋主题音乐会", ActivityKind.THEME, ActivityStatus.EVALUATED, -60, "广州大剧院"),
    ("黑胶收藏讲座", ActivityKind.LECTURE, ActivityStatus.FOLLOWING_UP, -9, "浦东门店"),
    ("会员日促销", ActivityKind.FESTIVAL, ActivityStatus.RUNNING, -1, "全部门店与官网"),
    ("年终客户回馈", ActivityKind.REWARD, ActivityStatus.PREPARING, 30, "北京国际饭店"),
    ("爵士乐友俱乐部", ActivityKind.CLUB, ActivityStatus.APPROVED, 45, "上海分部"),
    ("行业采购研讨会", ActivityKind.SEMINAR, ActivityStatus.IN_REVIEW, 70, "深圳会展中心"),
    ("线上听友社群", ActivityKind.COMMUNITY, ActivityStatus.DRAFT, 90, "微信"),
)
INDICATORS = ("客户满意度", "复购率", "信息质量", "销售达成率")
REMARKS = ("组织有序，期待下次", "现场音响很好", "等候时间偏长", "希望增加试听环节")
WEEK, EVENING = dt.timedelta(days=7), dt.timedelta(hours=3)
# Smallest value in thousandths for each grade.
GRADES = ((900, Grade.EXCELLENT), (800, Grade.GOOD), (600, Grade.PASS), (0, Grade.FAIL))


async def make_activities(stage: Stage, buyers: list[Buyer]) -> None:
    """Activities of the marketing department, past and to come; customers take part once it is approved."""
    hosts = stage.of(DepartmentKind.MARKETING)
    rows, parts = [], []
    for title, kind, status, days, place in ACTIVITIES:
        host, starts = stage.invent.one(hosts), _at(stage, days, 14)
        row = {
            "id": stage.ids.new(),
            "title": title,
            "kind": kind,
            "status": status,
            "starts_at": starts,
            "ends_at": starts + (WEEK if status is ActivityStatus.RUNNING else EVENING),
            "place": place,
            "owner_id": host.id,
            "department_id": host.department,
            "created_at": stage.now - dt.timedelta(days=max(20, 45 - days)),
        }
        rows.append(row)
        if status not in (ActivityStatus.DRAFT, ActivityStatus.IN_REVIEW):
            guests = stage.invent.chance.sample(buyers, stage.invent.chance.randint(40, 120))
            parts += [_participation(stage, guest, row, past=days < 0) for guest in guests]
    await stage.insert(Activity, rows)
    await stage.insert(Participation, parts)


def _participation(stage: Stage, guest: Buyer, activity: dict[str, Any], *, past: bool) -> dict[str, Any]:
    came = past and stage.invent.often(0.8)
    said = came and stage.invent.often(0.6)
    statuses = {True: ParticipationStatus.ATTENDED, False: ParticipationStatus.ABSENT}
    return {
        "customer_id": guest.id,
        "activity_id": activity["id"],
        "status": statuses[came] if past else ParticipationStatus.REGISTERED,
        "satisfaction": stage.invent.one((3, 4, 4, 5, 5)) if said else None,
        "remarks": stage.invent.one(REMARKS) if said and stage.invent.often(0.3) else None,
        "created_at": activity["created_at"] + dt.timedelta(days=stage.invent.chance.randint(1, 10)),
    }


async def make_assessments(stage: Stage) -> None:
    """The past quarter: departments and sellers, entered by hand, as the rows say (ASM-2)."""
    leaders = stage.of(DepartmentKind.LEADING_GROUP)
    quarter = stage.today.replace(month=(stage.today.month - 1) // 3 * 3 + 1, day=1)
    last = quarter - dt.timedelta(days=1)
    first = last.replace(month=last.month - 2, day=1)
    parts = [(None, stage.departments[name]) for name in ("市场营销部", "销售部", "大客户部", "客户服务部")]
    people = [(e.id, e.department) for e in stage.of(DepartmentKind.SALES, DepartmentKind.KEY_ACCOUNTS)]
    rows = []
    for employee, department in parts + people:
        value = stage.invent.chance.randint(550, 990)
        rows.append(
            {
                "employee_id": employee,
                "department_id": department,
                "period_start": first,
                "period_end": last,
                "indicator": stage.invent.one(INDICATORS),
                "value_millis": value,
                "grade": next(grade for least, grade in GRADES if value >= least),
                "computed": False,
                "created_by_id": stage.invent.one(leaders).id,
                "created_at": _at(stage, 0, 0),
            }
        )
    await stage.insert(Assessment, rows)


def _at(stage: Stage, days: int, hour: int) -> dt.datetime:
    day = stage.today + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour), stage.settings.zone).astimezone(dt.UTC)
