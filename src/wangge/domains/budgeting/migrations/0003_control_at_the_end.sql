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
