INSERT INTO budgeting_balance (unit_code, year, phase, account, dimension_id, debit_fen, credit_fen, postings)
SELECT v.unit_code, v.year, v.phase, g.account, g.dimension_id,
       COALESCE(sum(g.amount_fen) FILTER (WHERE g.side = 'D'), 0),
       COALESCE(sum(g.amount_fen) FILTER (WHERE g.side = 'C'), 0), count(*)
FROM budgeting_posting g JOIN budgeting_voucher v ON v.id = g.voucher_id
GROUP BY 1, 2, 3, 4, 5;

-- A statement is refused or not; its rows need not be asked one by one.
CREATE OR REPLACE FUNCTION budgeting_refuse_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'derived: % on % is refused; it follows from the facts', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE TG_LEVEL WHEN 'ROW' THEN COALESCE(NEW, OLD) END;
END
$$;
DROP TRIGGER refuse_by_hand ON budgeting_account_balance;
DROP TRIGGER refuse_by_hand ON budgeting_allotment_total;
DO $$
DECLARE
    derived text;
BEGIN
    FOREACH derived IN ARRAY ARRAY['budgeting_balance', 'budgeting_account_balance', 'budgeting_allotment_total'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_by_hand BEFORE INSERT OR UPDATE OR DELETE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION budgeting_refuse_by_hand()', derived);
    END LOOP;
END
$$;
CREATE TRIGGER refuse_truncate_by_hand BEFORE TRUNCATE ON budgeting_balance
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_refuse_by_hand();

-- Both sums of the postings come from one reading of them.
DROP TRIGGER accounts_follow ON budgeting_posting;
DROP FUNCTION budgeting_accounts_follow();

CREATE OR REPLACE FUNCTION budgeting_postings_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    low bigint;
    high bigint;
BEGIN
    SELECT min(voucher_id), max(voucher_id) INTO low, high FROM entered;
    IF low IS NULL THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM entered e
        LEFT JOIN budgeting_voucher v ON v.id = e.voucher_id AND v.id BETWEEN low AND high
        LEFT JOIN budgeting_allotment a ON a.id = e.allotment_id AND a.unit_code = v.unit_code AND a.year = v.year
        WHERE v.id IS NULL OR v.made_in <> pg_current_xact_id() OR (e.allotment_id IS NOT NULL AND a.id IS NULL)
    ) THEN
        RAISE EXCEPTION 'postings enter with their voucher, and spend allotments of its unit and year'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_enters_with_voucher';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT dimension_id FROM entered) e
        LEFT JOIN budgeting_dimension d ON d.id = e.dimension_id WHERE d.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a posting names a dimension that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_dimension_exists';
    END IF;
    -- whoever had the vouchers looked at before the end gets them looked at again
    INSERT INTO budgeting_voucher_check (first_id, last_id) SELECT low, high
    WHERE NOT EXISTS (SELECT FROM budgeting_voucher_check WHERE first_id <= low AND last_id >= high);

    UPDATE budgeting_allotment_total t SET paid_fen = t.paid_fen + s.fen
    FROM (
        SELECT x.allotment_id, x.fen FROM (
            SELECT allotment_id, sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) AS fen
            FROM entered WHERE allotment_id IS NOT NULL GROUP BY allotment_id) x
        JOIN budgeting_allotment_total l ON l.allotment_id = x.allotment_id
        ORDER BY x.allotment_id FOR UPDATE OF l
    ) s WHERE t.allotment_id = s.allotment_id;

    WITH summed AS MATERIALIZED (
        SELECT v.unit_code, v.year, v.period, v.phase, e.account, e.dimension_id,
               COALESCE(sum(e.amount_fen) FILTER (WHERE e.side = 'D'), 0) AS debit_fen,
               COALESCE(sum(e.amount_fen) FILTER (WHERE e.side = 'C'), 0) AS credit_fen, count(*) AS postings
        FROM entered e JOIN budgeting_voucher v ON v.id = e.voucher_id AND v.id BETWEEN low AND high
        GROUP BY 1, 2, 3, 4, 5, 6
    ), accounts AS (
        INSERT INTO budgeting_account_balance AS b (unit_code, year, period, account, debit_fen, credit_fen)
        SELECT unit_code, year, period, account, sum(debit_fen), sum(credit_fen) FROM summed
        GROUP BY 1, 2, 3, 4 ORDER BY 2, 4, 1, 3
        ON CONFLICT ON CONSTRAINT account_balance_once DO UPDATE SET
            debit_fen = b.debit_fen + excluded.debit_fen, credit_fen = b.credit_fen + excluded.credit_fen
    )
    INSERT INTO budgeting_balance AS b
        (unit_code, year, phase, account, dimension_id, debit_fen, credit_fen, postings)
    SELECT unit_code, year, phase, account, dimension_id, sum(debit_fen), sum(credit_fen), sum(postings) FROM summed
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 4, 1, 3, 5
    ON CONFLICT ON CONSTRAINT balance_once DO UPDATE SET
        debit_fen = b.debit_fen + excluded.debit_fen, credit_fen = b.credit_fen + excluded.credit_fen,
        postings = b.postings + excluded.postings;
    RETURN NULL;
END
$$;

-- One reading of the vouchers that end: they have lines, each system balances.
CREATE OR REPLACE FUNCTION budgeting_vouchers_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    bad record;
BEGIN
    SELECT v.id, count(g.id) AS lines,
           sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) FILTER (WHERE g.system = 'budget')
               AS budget_fen,
           sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) FILTER (WHERE g.system <> 'budget')
               AS financial_fen
    INTO bad
    FROM budgeting_voucher v LEFT JOIN budgeting_posting g ON g.voucher_id = v.id
    WHERE v.id BETWEEN NEW.first_id AND NEW.last_id AND v.made_in = pg_current_xact_id()
    GROUP BY v.id
    HAVING count(g.id) < 2
        OR sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) FILTER (WHERE g.system = 'budget') <> 0
        OR sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) FILTER (WHERE g.system <> 'budget') <> 0
    LIMIT 1;
    IF FOUND AND bad.lines < 2 THEN
        RAISE EXCEPTION 'voucher % (%) has no postings',
            (SELECT number FROM budgeting_voucher WHERE id = bad.id), bad.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_has_postings';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'voucher % (%) is off by % fen in the budget and % fen in the financial system',
            (SELECT number FROM budgeting_voucher WHERE id = bad.id), bad.id,
            COALESCE(bad.budget_fen, 0), COALESCE(bad.financial_fen, 0)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_balances';
    END IF;
    SELECT v.id, v.number INTO bad FROM budgeting_voucher v
    LEFT JOIN budgeting_voucher o ON o.id = v.reverses_id
         AND (o.unit_code, o.year, o.phase) IS NOT DISTINCT FROM (v.unit_code, v.year, v.phase)
    WHERE v.id BETWEEN NEW.first_id AND NEW.last_id AND v.made_in = pg_current_xact_id() AND v.reverses_id IS NOT NULL
      AND (o.id IS NULL OR EXISTS (
          SELECT FROM budgeting_posting g WHERE g.voucher_id IN (v.id, o.id)
          GROUP BY g.system, g.account, g.dimension_id, g.allotment_id
          HAVING sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) <> 0))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'voucher % (%) does not mirror what it reverses', bad.number, bad.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_reversal_mirrors';
    END IF;
    DELETE FROM budgeting_voucher_check WHERE id = NEW.id;
    RETURN NULL;
END
$$;

-- One reading of the steps that enter: what they name is there, and what is paid is what the payment says.
CREATE OR REPLACE FUNCTION budgeting_payment_steps_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    SELECT (p.id IS NULL OR (e.voucher_id IS NOT NULL AND v.id IS NULL)) AS dangles INTO bad
    FROM entered e LEFT JOIN budgeting_payment p ON p.id = e.payment_id
    LEFT JOIN budgeting_voucher v ON v.id = e.voucher_id
    LEFT JOIN LATERAL (  -- by index, voucher by voucher: nothing is known yet of how many rows there are
        SELECT sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) AS fen
        FROM budgeting_posting g WHERE g.voucher_id = e.voucher_id AND g.system = 'budget' AND g.account LIKE '7%'
    ) spent ON e.state = 'paid'
    WHERE p.id IS NULL OR (e.voucher_id IS NOT NULL AND v.id IS NULL)
       OR (e.state = 'paid'
           AND ((v.unit_code, v.year) IS DISTINCT FROM (p.unit_code, p.year)
                OR spent.fen IS DISTINCT FROM p.amount_fen))
    ORDER BY dangles DESC LIMIT 1;
    IF FOUND AND bad.dangles THEN
        RAISE EXCEPTION 'a step names a payment or voucher that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payment_step_points_to_what_is_there';
    ELSIF FOUND THEN
        RAISE EXCEPTION 'the voucher of a payment does not spend what the payment says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_paid_what_it_says';
    END IF;
    IF EXISTS (
        SELECT FROM entered e JOIN budgeting_payment_step o ON o.payment_id = e.payment_id AND o.id < e.id
        WHERE e.state IN ('planned', 'requested') AND o.state IN ('paid', 'returned', 'replaced')
    ) THEN
        RAISE EXCEPTION 'a payment that ended is not requested again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_steps_run_forward';
    END IF;
    UPDATE budgeting_allotment_total t SET reserved_fen = t.reserved_fen + s.fen
    FROM (
        SELECT x.* FROM (
            SELECT p.allotment_id, sum(CASE e.state WHEN 'requested' THEN p.amount_fen ELSE -p.amount_fen END) AS fen
            FROM entered e JOIN budgeting_payment p ON p.id = e.payment_id
            WHERE p.allotment_id IS NOT NULL AND p.amount_fen > 0
              AND (e.state = 'requested' OR e.state IN ('paid', 'returned') AND EXISTS (
                  SELECT FROM budgeting_payment_step o WHERE o.payment_id = e.payment_id AND o.state = 'requested'))
            GROUP BY p.allotment_id) x
        JOIN budgeting_allotment_total l ON l.allotment_id = x.allotment_id
        ORDER BY x.allotment_id FOR UPDATE OF l
    ) s WHERE t.allotment_id = s.allotment_id;
    RETURN NULL;
END
$$;
