"""Q1 to Q3 for SQLite, written by hand in the shape of our answers: the database's own JSON functions."""

# ruff: noqa: S608 statements are put together from the constants of this file

from __future__ import annotations

INSTANT = "replace(rtrim(rtrim({0}, '0'), '.'), ' ', 'T') || '+00:00'"
SIX = f"""'id', 'cus_' || id, 'name', name, 'number', number, 'region', region, 'industry', industry,
  'createdAt', {INSTANT.format("created_at")}"""
FIFTY = "customers WHERE region = ? ORDER BY name, id LIMIT 50"
AMOUNT = "(amount_minor / 100) || '.' || printf('%02d', amount_minor % 100)"
STATEMENTS = {
    "Q1": f"SELECT json_object('customer', json_object({SIX})) FROM customers WHERE id = ?",
    "Q2": f"""SELECT json_object('customers', json_object('nodes', json_group_array(json_object({SIX},
      'birthday', birthday, 'purchaseCount', purchase_count)))) FROM (SELECT * FROM {FIFTY})""",
    "Q3": f"""SELECT json_object('customers', json_object('nodes', json_group_array(json_object(
      'id', 'cus_' || c.id, 'name', c.name, 'owner', CASE WHEN e.id IS NOT NULL
        THEN json_object('name', e.name) END,
      'purchases', json_object('nodes', (SELECT json_group_array(json_object(
        'amount', json_object('amount', {AMOUNT}, 'currency', currency),
        'at', {INSTANT.format("at")}, 'channel', channel))
        FROM (SELECT amount_minor, currency, at, channel FROM purchases
              WHERE customer_id = c.id ORDER BY at DESC, id DESC LIMIT 5))),
      'participations', json_object('nodes', (SELECT json_group_array(json_object(
        'status', status, 'activity', json_object('title', title)))
        FROM (SELECT p.status, a.title FROM participations p JOIN activities a ON a.id = p.activity_id
              WHERE p.customer_id = c.id ORDER BY p.id LIMIT 3)))))))
      FROM (SELECT id, name, owner_id FROM {FIFTY}) c LEFT JOIN employees e ON e.id = c.owner_id""",
}
