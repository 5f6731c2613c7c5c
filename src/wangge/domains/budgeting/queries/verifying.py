"""Recomputes what triggers keep: balances from postings, allotments from changes, payments and requests."""

from __future__ import annotations

from django.db import connection

_CHECKS = {
    "balance": """
        SELECT COALESCE(b.unit_code, s.unit_code) || ' ' || COALESCE(b.account, s.account)
        FROM budgeting_balance b FULL JOIN (
            SELECT v.unit_code, v.year, v.phase, g.account, g.dimension_id,
                   COALESCE(sum(g.amount_fen) FILTER (WHERE g.side = 'D'), 0) AS debit,
                   COALESCE(sum(g.amount_fen) FILTER (WHERE g.side = 'C'), 0) AS credit, count(*) AS postings
            FROM budgeting_posting g JOIN budgeting_voucher v ON v.id = g.voucher_id GROUP BY 1, 2, 3, 4, 5
        ) s ON (s.unit_code, s.year, s.phase, s.account, s.dimension_id)
             = (b.unit_code, b.year, b.phase, b.account, b.dimension_id)
        WHERE (b.debit_fen, b.credit_fen, b.postings) IS DISTINCT FROM (s.debit, s.credit, s.postings)""",
    "account": """
        SELECT COALESCE(b.unit_code, s.unit_code) || ' ' || COALESCE(b.account, s.account)
        FROM budgeting_account_balance b FULL JOIN (
            SELECT v.unit_code, v.year, v.period, g.account,
                   COALESCE(sum(g.amount_fen) FILTER (WHERE g.side = 'D'), 0) AS debit,
                   COALESCE(sum(g.amount_fen) FILTER (WHERE g.side = 'C'), 0) AS credit
            FROM budgeting_posting g JOIN budgeting_voucher v ON v.id = g.voucher_id GROUP BY 1, 2, 3, 4
        ) s ON (s.unit_code, s.year, s.period, s.account) = (b.unit_code, b.year, b.period, b.account)
        WHERE (b.debit_fen, b.credit_fen) IS DISTINCT FROM (s.debit, s.credit)""",
    "voucher": """
        SELECT voucher_id::text || ' ' || system FROM budgeting_posting GROUP BY voucher_id, system
        HAVING sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) <> 0""",
    "allotment": """
        SELECT a.unit_code || ' ' || a.number FROM budgeting_allotment a
        JOIN budgeting_allotment_total t ON t.allotment_id = a.id
        LEFT JOIN LATERAL (SELECT COALESCE(sum(amount_fen), 0) AS fen FROM budgeting_allotment_change c
                           WHERE c.allotment_id = a.id) c ON true
        LEFT JOIN (SELECT allotment_id, sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) AS fen
                   FROM budgeting_posting WHERE allotment_id IS NOT NULL GROUP BY allotment_id) p
               ON p.allotment_id = a.id
        LEFT JOIN (SELECT p.allotment_id, sum(p.amount_fen) AS fen FROM budgeting_payment p
                   WHERE p.amount_fen > 0
                     AND EXISTS (SELECT FROM budgeting_payment_step s
                                 WHERE s.payment_id = p.id AND s.state = 'requested')
                     AND NOT EXISTS (SELECT FROM budgeting_payment_step s
                                     WHERE s.payment_id = p.id AND s.state IN ('paid', 'returned'))
                   GROUP BY p.allotment_id) r ON r.allotment_id = a.id
        WHERE (t.adjusted_fen, t.paid_fen, t.reserved_fen)
              IS DISTINCT FROM (c.fen, COALESCE(p.fen, 0), COALESCE(r.fen, 0))""",
}


def off_sums() -> tuple[str, ...]:
    """What does not come to what is kept; empty when the ledger is sound."""
    found = []
    with connection.cursor() as cursor:
        for name, statement in _CHECKS.items():
            cursor.execute(statement)
            found += [f"{name}: {row[0]}" for row in cursor.fetchall()]
    return tuple(found)
