INSERT INTO budgeting_account_balance (unit_code, year, period, account, debit_fen, credit_fen)
SELECT unit_code, year, period, account, sum(debit_fen), sum(credit_fen) FROM budgeting_balance GROUP BY 1, 2, 3, 4;

CREATE TRIGGER refuse_by_hand BEFORE INSERT OR UPDATE OR DELETE ON budgeting_account_balance
    FOR EACH ROW EXECUTE FUNCTION budgeting_refuse_by_hand();
CREATE TRIGGER refuse_truncate_by_hand BEFORE TRUNCATE ON budgeting_account_balance
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_refuse_by_hand();

CREATE FUNCTION budgeting_accounts_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO budgeting_account_balance AS b (unit_code, year, period, account, debit_fen, credit_fen)
    SELECT v.unit_code, v.year, v.period, e.account,
           COALESCE(sum(e.amount_fen) FILTER (WHERE e.side = 'D'), 0),
           COALESCE(sum(e.amount_fen) FILTER (WHERE e.side = 'C'), 0)
    FROM entered e JOIN budgeting_voucher v ON v.id = e.voucher_id
    GROUP BY 1, 2, 3, 4 ORDER BY 2, 4, 1, 3
    ON CONFLICT ON CONSTRAINT account_balance_once DO UPDATE SET
        debit_fen = b.debit_fen + excluded.debit_fen, credit_fen = b.credit_fen + excluded.credit_fen;
    RETURN NULL;
END
$$;
CREATE TRIGGER accounts_follow AFTER INSERT ON budgeting_posting REFERENCING NEW TABLE AS entered
    FOR EACH STATEMENT EXECUTE FUNCTION budgeting_accounts_follow();
