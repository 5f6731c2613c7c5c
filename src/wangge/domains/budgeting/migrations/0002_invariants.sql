ALTER TABLE budgeting_voucher ADD COLUMN made_in xid8 NOT NULL DEFAULT pg_current_xact_id();

-- Sums are kept by triggers: a write from outside one is refused, to the owner too.
CREATE FUNCTION budgeting_refuse_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' OR pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'derived: % on % is refused; it follows from the facts', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN COALESCE(NEW, OLD);
END
$$;

DO $$
DECLARE
    derived text;
BEGIN
    FOREACH derived IN ARRAY ARRAY['budgeting_year', 'budgeting_allotment_total', 'budgeting_balance',
                                   'budgeting_voucher_check'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_by_hand BEFORE INSERT OR UPDATE OR DELETE ON %I '
                       'FOR EACH ROW EXECUTE FUNCTION budgeting_refuse_by_hand()', derived);
        EXECUTE format('CREATE TRIGGER refuse_truncate_by_hand BEFORE TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION budgeting_refuse_by_hand()', derived);
    END LOOP;
END
$$;

CREATE FUNCTION budgeting_unit_tree() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT parent_code AS code FROM budgeting_unit WHERE code = NEW.code
            UNION
            SELECT u.parent_code FROM budgeting_unit u JOIN above ON u.code = above.code
        ) SELECT FROM above WHERE code = NEW.code
    ) THEN
        RAISE EXCEPTION 'budget unit % would be above itself', NEW.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'budget_unit_tree_has_no_circle';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER budget_unit_tree AFTER INSERT OR UPDATE OF parent_code ON budgeting_unit
    FOR EACH ROW WHEN (NEW.parent_code IS NOT NULL) EXECUTE FUNCTION budgeting_unit_tree();

-- The life of a fiscal year: what may follow what, and by whom.
CREATE FUNCTION budgeting_year_goes_on() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    found budgeting_year;
    closer bigint;
BEGIN
    SELECT * INTO found FROM budgeting_year WHERE unit_code = NEW.unit_code AND year = NEW.year FOR UPDATE;
    IF NEW.act = 'open' THEN
        IF found.id IS NOT NULL THEN
            RAISE EXCEPTION 'year % of % is open already', NEW.year, NEW.unit_code
                USING ERRCODE = 'check_violation', CONSTRAINT = 'year_step_follows_state';
        END IF;
        INSERT INTO budgeting_year (unit_code, year, state, closed_through) VALUES (NEW.unit_code, NEW.year, 'open', 0);
        RETURN NULL;
    END IF;
    IF (found.id IS NULL OR NOT CASE NEW.act
        WHEN 'close_period' THEN found.state = 'open' AND NEW.period = found.closed_through + 1
        WHEN 'reopen_period' THEN found.state = 'open' AND NEW.period = found.closed_through AND NEW.period > 0
        WHEN 'close_year' THEN found.state = 'open'
        WHEN 'approve' THEN found.state = 'adjusting'
        WHEN 'admit_audit' THEN found.state = 'approved'
        WHEN 'seal_audit' THEN found.state = 'auditing'
        ELSE false END)
    THEN
        RAISE EXCEPTION '% does not follow from the state % of year % of %', NEW.act, found.state, NEW.year, NEW.unit_code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'year_step_follows_state';
    END IF;
    IF NEW.act IN ('reopen_period', 'approve', 'seal_audit') THEN
        SELECT by_id INTO closer FROM budgeting_year_step
        WHERE unit_code = NEW.unit_code AND year = NEW.year AND id <> NEW.id
          AND act = CASE NEW.act WHEN 'reopen_period' THEN 'close_period' WHEN 'approve' THEN 'close_year'
                                 ELSE 'admit_audit' END
        ORDER BY id DESC LIMIT 1;
        IF closer = NEW.by_id THEN
            RAISE EXCEPTION '% needs a second person', NEW.act
                USING ERRCODE = 'check_violation', CONSTRAINT = 'year_step_by_second_person';
        END IF;
    END IF;
    UPDATE budgeting_year SET
        state = CASE NEW.act WHEN 'close_year' THEN 'adjusting' WHEN 'approve' THEN 'approved'
                             WHEN 'admit_audit' THEN 'auditing' WHEN 'seal_audit' THEN 'approved' ELSE state END,
        closed_through = CASE NEW.act WHEN 'close_period' THEN NEW.period WHEN 'reopen_period' THEN NEW.period - 1
                                      WHEN 'close_year' THEN 12 ELSE closed_through END
    WHERE id = found.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER year_goes_on AFTER INSERT ON budgeting_year_step
    FOR EACH ROW EXECUTE FUNCTION budgeting_year_goes_on();

-- The last look at a voucher: every system balances, it is not empty, a reversal mirrors what it names.
CREATE FUNCTION budgeting_look_at_voucher(number_of bigint) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    lines integer;
    off record;
    reversed bigint;
BEGIN
    SELECT count(*) INTO lines FROM budgeting_posting WHERE voucher_id = number_of;
    IF lines < 2 THEN
        RAISE EXCEPTION 'voucher % has % postings', number_of, lines
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_has_postings';
    END IF;
    SELECT system, sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) AS fen INTO off
    FROM budgeting_posting WHERE voucher_id = number_of GROUP BY system
    HAVING sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'voucher % is off by % fen in the % system', number_of, off.fen, off.system
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_balances';
    END IF;
    SELECT reverses_id INTO reversed FROM budgeting_voucher WHERE id = number_of AND reverses_id IS NOT NULL;
    IF FOUND AND (
        EXISTS (
            SELECT FROM budgeting_posting WHERE voucher_id IN (number_of, reversed)
            GROUP BY system, account, dimension_id, allotment_id
            HAVING sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) <> 0)
        OR EXISTS (
            SELECT FROM budgeting_voucher a JOIN budgeting_voucher b ON b.id = reversed
            WHERE a.id = number_of AND (a.unit_code, a.year, a.phase) IS DISTINCT FROM (b.unit_code, b.year, b.phase))
    ) THEN
        RAISE EXCEPTION 'voucher % does not mirror %, which it reverses', number_of, reversed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_reversal_mirrors';
    END IF;
END
$$;

CREATE FUNCTION budgeting_voucher_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budgeting_look_at_voucher(NEW.id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER voucher_ends AFTER INSERT ON budgeting_voucher
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budgeting_voucher_ends();

CREATE FUNCTION budgeting_voucher_ends_again() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budgeting_look_at_voucher(NEW.voucher_id);
    DELETE FROM budgeting_voucher_check WHERE id = NEW.id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER voucher_ends_again AFTER INSERT ON budgeting_voucher_check
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION budgeting_voucher_ends_again();

-- Vouchers enter only an open period; who closes one waits for them, and they for him.
CREATE FUNCTION budgeting_vouchers_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    IF EXISTS (SELECT FROM entered WHERE made_in <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a voucher is made in its own transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_made_now';
    END IF;
    PERFORM 1 FROM budgeting_year y
    JOIN (SELECT DISTINCT unit_code, year FROM entered) e ON e.unit_code = y.unit_code AND e.year = y.year
    ORDER BY y.unit_code, y.year FOR SHARE OF y;
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
    RETURN NULL;
END
$$;
CREATE TRIGGER vouchers_enter AFTER INSERT ON budgeting_voucher REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_vouchers_enter();

CREATE FUNCTION budgeting_postings_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM entered e LEFT JOIN budgeting_voucher v ON v.id = e.voucher_id
        WHERE v.id IS NULL OR v.made_in <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'postings enter with their voucher, not later'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_enters_with_voucher';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT dimension_id FROM entered) e
        LEFT JOIN budgeting_dimension d ON d.id = e.dimension_id WHERE d.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a posting names a dimension that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_dimension_exists';
    END IF;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT voucher_id, allotment_id FROM entered WHERE allotment_id IS NOT NULL) e
        JOIN budgeting_voucher v ON v.id = e.voucher_id
        LEFT JOIN budgeting_allotment a ON a.id = e.allotment_id AND a.unit_code = v.unit_code AND a.year = v.year
        WHERE a.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a posting spends an allotment of another unit or year'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_allotment_of_its_unit';
    END IF;

    INSERT INTO budgeting_voucher_check (voucher_id)
    SELECT DISTINCT voucher_id FROM (
        SELECT voucher_id FROM entered GROUP BY voucher_id, system
        HAVING sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) <> 0) off;
    INSERT INTO budgeting_voucher_check (voucher_id)
    SELECT DISTINCT e.voucher_id FROM entered e JOIN budgeting_voucher v ON v.id = e.voucher_id
    WHERE v.reverses_id IS NOT NULL;

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
CREATE TRIGGER postings_enter AFTER INSERT ON budgeting_posting REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_postings_enter();

CREATE FUNCTION budgeting_allotments_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO budgeting_allotment_total (allotment_id, approved_fen, adjusted_fen, reserved_fen, paid_fen)
    SELECT id, 0, 0, 0, 0 FROM entered;
    RETURN NULL;
END
$$;
CREATE TRIGGER allotments_enter AFTER INSERT ON budgeting_allotment REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_allotments_enter();

CREATE FUNCTION budgeting_changes_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    sealed record;
BEGIN
    SELECT a.number, a.year, y.state INTO sealed FROM entered e
    JOIN budgeting_allotment a ON a.id = e.allotment_id
    LEFT JOIN budgeting_year y ON y.unit_code = a.unit_code AND y.year = a.year
    WHERE COALESCE(y.state, 'none') IN ('none', 'approved') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'allotment % belongs to year %, which takes no changes', sealed.number, sealed.year
            USING ERRCODE = 'check_violation', CONSTRAINT = 'change_in_open_year';
    END IF;
    IF EXISTS (
        SELECT FROM entered e JOIN budgeting_allotment_change o ON o.id = e.reverses_id
        WHERE (o.allotment_id, o.stage, -o.amount_fen) IS DISTINCT FROM (e.allotment_id, e.stage, e.amount_fen)
    ) THEN
        RAISE EXCEPTION 'a reversed change is taken back whole'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'change_reversal_mirrors';
    END IF;
    UPDATE budgeting_allotment_total t SET
        adjusted_fen = t.adjusted_fen + s.fen, approved_fen = t.approved_fen + s.approved
    FROM (
        SELECT x.* FROM (
            SELECT allotment_id, sum(amount_fen) AS fen,
                   COALESCE(sum(amount_fen) FILTER (WHERE stage = 'approved'), 0) AS approved
            FROM entered GROUP BY allotment_id) x
        JOIN budgeting_allotment_total l ON l.allotment_id = x.allotment_id
        ORDER BY x.allotment_id FOR UPDATE OF l
    ) s WHERE t.allotment_id = s.allotment_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER changes_enter AFTER INSERT ON budgeting_allotment_change REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_changes_enter();

-- A request binds money; being paid or returned sets it free. What is paid is what the order says.
CREATE FUNCTION budgeting_payment_steps_enter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
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
        LEFT JOIN LATERAL (
            SELECT sum(CASE side WHEN 'D' THEN amount_fen ELSE -amount_fen END) AS fen
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
CREATE TRIGGER payment_steps_enter AFTER INSERT ON budgeting_payment_step REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_payment_steps_enter();

-- For the application: hold the sums of allotments, in one order.
CREATE FUNCTION budgeting_lock_allotments(ids bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM budgeting_allotment_total WHERE allotment_id = ANY (ids) ORDER BY allotment_id FOR UPDATE;
END
$$;
