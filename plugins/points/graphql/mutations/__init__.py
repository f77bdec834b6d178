"""`Mutation.points`: a room for each slice."""

from __future__ import annotations

import strawberry

from plugins.points.graphql.mutations import ledger, membership, rewards, rules


@strawberry.type(description="Changes of the programme, its members and their points.")
class PointsMutation:
    """`Mutation.points`."""

    join = membership.join
    leave = membership.leave
    set_levels = membership.set_levels
    save_rule = rules.save_rule
    end_rule = rules.end_rule
    record = ledger.record
    confirm = ledger.confirm
    adjust = ledger.adjust
    reverse = ledger.reverse
    reverse_purchase = ledger.reverse_purchase
    save_reward = rewards.save_reward
    restock_reward = rewards.restock_reward
    redeem_reward = rewards.redeem_reward
    use_code = rewards.use_code
    cancel_redemption = rewards.cancel_redemption
