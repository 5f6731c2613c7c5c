-- Appropriation control: what is paid and bound stays within the allotment when a transaction ends.
CREATE FUNCTION budgeting_not_overspent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    over record;
BEGIN
    SELECT a.number, t.paid_fen + t.reserved_fen - t.adjusted_fen AS fen INTO over
    FROM budgeting_allotment_total t JOIN budgeting_allotment a ON a.id = t.allotment_id
    WHERE t.allotment_id = NEW.allotment_id AND t.paid_fen + t.reserved_fen > t.adjusted_fen;
    IF FOUND THEN
        RAISE EXCEPTION 'allotment % is overspent by % fen', over.number, over.fen
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allotment_not_overspent';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER allotment_not_overspent AFTER UPDATE ON budgeting_allotment_total
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budgeting_not_overspent();

-- Vouchers are looked at all at once when a transaction ends, not one by one.
DROP TRIGGER voucher_ends ON budgeting_voucher;
DROP TRIGGER voucher_ends_again ON budgeting_voucher_check;
DROP FUNCTION budgeting_voucher_ends();
DROP FUNCTION budgeting_voucher_ends_again();
DROP FUNCTION budgeting_look_at_voucher(bigint);

CREATE FUNCTION budgeting_vouchers_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    SELECT v.id, v.number INTO bad FROM budgeting_voucher v
    LEFT JOIN budgeting_posting g ON g.voucher_id = v.id
    WHERE v.id BETWEEN NEW.first_id AND NEW.last_id AND v.made_in = pg_current_xact_id()
    GROUP BY v.id HAVING count(g.id) < 2 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'voucher % (%) has no postings', bad.number, bad.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_has_postings';
    END IF;
    SELECT v.id, v.number, g.system, sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) AS fen INTO bad
    FROM budgeting_voucher v JOIN budgeting_posting g ON g.voucher_id = v.id
    WHERE v.id BETWEEN NEW.first_id AND NEW.last_id AND v.made_in = pg_current_xact_id()
    GROUP BY v.id, g.system HAVING sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'voucher % (%) is off by % fen in the % system', bad.number, bad.id, bad.fen, bad.system
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
CREATE CONSTRAINT TRIGGER vouchers_end AFTER INSERT ON budgeting_voucher_check
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budgeting_vouchers_end();

-- Vouchers enter only an open period; who closes one waits for them, and they for him.
CREATE OR REPLACE FUNCTION budgeting_vouchers_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    IF NOT EXISTS (SELECT FROM entered) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM entered WHERE made_in <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a voucher is made in its own transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_made_now';
    END IF;
    PERFORM 1 FROM budgeting_year y
    JOIN (SELECT DISTINCT unit_code, year FROM entered) e ON e.unit_code = y.unit_code AND e.year = y.year
    ORDER BY y.unit_code, y.year FOR SHARE OF y;
    -- a year stands for its unit, which cannot be removed while it has one
    SELECT e.number, e.unit_code, e.year, e.period, y.state INTO bad
    FROM entered e LEFT JOIN budgeting_year y ON y.unit_code = e.unit_code AND y.year = e.year
    WHERE NOT COALESCE(CASE y.state
        WHEN 'open' THEN e.period > y.closed_through AND e.period <= 12 AND e.event <> 'audit_adjustment'
        WHEN 'adjusting' THEN e.period = 13 AND e.event <> 'audit_adjustment'
        WHEN 'auditing' THEN e.period = 13 AND (e.event IN ('audit_adjustment', 'reversal') OR e.phase = 'closing')
        ELSE false END, false)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'period % of year % of % is not open (%): voucher %',
            bad.period, bad.year, bad.unit_code, COALESCE(bad.state, 'no year'), bad.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_in_open_period';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT imported_id FROM entered WHERE imported_id IS NOT NULL) e
        LEFT JOIN budgeting_import i ON i.id = e.imported_id WHERE i.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a voucher names an import that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'voucher_import_exists';
    END IF;
    INSERT INTO budgeting_voucher_check (first_id, last_id) SELECT min(id), max(id) FROM entered;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION budgeting_postings_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM entered) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM entered e
        LEFT JOIN budgeting_voucher v ON v.id = e.voucher_id
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
    INSERT INTO budgeting_voucher_check (first_id, last_id) SELECT min(voucher_id), max(voucher_id) FROM entered;

    UPDATE budgeting_allotment_total t SET paid_fen = t.paid_fen + s.fen
    FROM (
        SELECT x.allotment_id, x.fen FROM (
            SELECT allotment_id, sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) AS fen
            FROM entered WHERE allotment_id IS NOT NULL GROUP BY allotment_id) x
        JOIN budgeting_allotment_total l ON l.allotment_id = x.allotment_id
        ORDER BY x.allotment_id FOR UPDATE OF l
    ) s WHERE t.allotment_id = s.allotment_id;

    INSERT INTO budgeting_balance AS b
        (unit_code, year, period, phase, account, dimension_id, debit_fen, credit_fen, postings)
    SELECT v.unit_code, v.year, v.period, v.phase, e.account, e.dimension_id,
           COALESCE(sum(e.amount_fen) FILTER (WHERE e.side = 'D'), 0),
           COALESCE(sum(e.amount_fen) FILTER (WHERE e.side = 'C'), 0), count(*)
    FROM entered e JOIN budgeting_voucher v ON v.id = e.voucher_id
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 2, 5, 1, 4, 3, 6
    ON CONFLICT ON CONSTRAINT balance_once DO UPDATE SET
        debit_fen = b.debit_fen + excluded.debit_fen, credit_fen = b.credit_fen + excluded.credit_fen,
        postings = b.postings + excluded.postings;
    RETURN NULL;
END
$$;

-- Payments point to what is there; one statement over all of them.
CREATE FUNCTION budgeting_payments_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT unit_code, year, allotment_id, dimension_id, imported_id FROM entered) e
        LEFT JOIN budgeting_unit u ON u.code = e.unit_code
        LEFT JOIN budgeting_dimension d ON d.id = e.dimension_id
        LEFT JOIN budgeting_import i ON i.id = e.imported_id
        LEFT JOIN budgeting_allotment a ON a.id = e.allotment_id AND a.unit_code = e.unit_code AND a.year = e.year
        WHERE u.code IS NULL OR d.id IS NULL OR (e.imported_id IS NOT NULL AND i.id IS NULL)
           OR (e.allotment_id IS NOT NULL AND a.id IS NULL)
    ) THEN
        RAISE EXCEPTION 'a payment names a unit, allotment, dimension or import that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payment_points_to_what_is_there';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER payments_enter AFTER INSERT ON budgeting_payment REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_payments_enter();

-- A request binds money; being paid or returned sets it free. What is paid is what the order says.
CREATE OR REPLACE FUNCTION budgeting_payment_steps_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM entered e LEFT JOIN budgeting_payment p ON p.id = e.payment_id
        LEFT JOIN budgeting_voucher v ON v.id = e.voucher_id
        WHERE p.id IS NULL OR (e.voucher_id IS NOT NULL AND v.id IS NULL)
    ) THEN
        RAISE EXCEPTION 'a step names a payment or voucher that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payment_step_points_to_what_is_there';
    END IF;
    IF EXISTS (
        SELECT FROM entered e JOIN budgeting_payment_step o ON o.payment_id = e.payment_id AND o.id < e.id
        WHERE e.state IN ('planned', 'requested') AND o.state IN ('paid', 'returned', 'replaced')
    ) THEN
        RAISE EXCEPTION 'a payment that ended is not requested again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_steps_run_forward';
    END IF;
    IF EXISTS (
        SELECT FROM entered e JOIN budgeting_payment p ON p.id = e.payment_id
        JOIN budgeting_voucher v ON v.id = e.voucher_id
        LEFT JOIN LATERAL (  -- by index, voucher by voucher: nothing is known yet of how many rows there are
            SELECT sum(CASE g.side WHEN 'D' THEN g.amount_fen ELSE -g.amount_fen END) AS fen
            FROM budgeting_posting g WHERE g.voucher_id = v.id AND g.system = 'budget' AND g.account LIKE '7%'
        ) spent ON true
        WHERE e.state = 'paid'
          AND ((v.unit_code, v.year) IS DISTINCT FROM (p.unit_code, p.year) OR spent.fen IS DISTINCT FROM p.amount_fen)
    ) THEN
        RAISE EXCEPTION 'the voucher of a payment does not spend what the payment says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_paid_what_it_says';
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

-- Units stay: history points to them without keys.
CREATE FUNCTION budgeting_units_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR NEW.code <> OLD.code THEN
        RAISE EXCEPTION 'a budget unit stays, and keeps its code'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'budget_unit_stays';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER units_stay BEFORE UPDATE OR DELETE ON budgeting_unit
    FOR EACH ROW EXECUTE FUNCTION budgeting_units_stay();
CREATE TRIGGER units_stay_all BEFORE TRUNCATE ON budgeting_unit
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_units_stay();

-- Taken along by mistake when the plain index of payment_id went.
CREATE UNIQUE INDEX IF NOT EXISTS payment_paid_or_returned ON budgeting_payment_step (payment_id)
    WHERE state IN ('paid', 'returned');
