-- The year of a form: a step follows the newest one, a second person decides, weights add up when targets are declared.
CREATE FUNCTION self_evaluation_step_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    newest self_evaluation_step;
    form self_evaluation_form;
    total numeric;
    author bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('self_evaluation_form'), NEW.form_id::int);
    SELECT * INTO form FROM self_evaluation_form WHERE id = NEW.form_id;
    SELECT * INTO newest FROM self_evaluation_step WHERE form_id = NEW.form_id ORDER BY seq DESC LIMIT 1;
    IF NEW.from_state <> COALESCE(newest.to_state, 'draft') OR NEW.seq <> COALESCE(newest.seq, 0) + 1 THEN
        RAISE EXCEPTION 'form % stands at % after step %', NEW.form_id, COALESCE(newest.to_state, 'draft'),
            COALESCE(newest.seq, 0) USING ERRCODE = 'check_violation', CONSTRAINT = 'form_step_follows_state';
    END IF;
    IF NEW.step = 'declare' THEN
        SELECT form.execution_weight + COALESCE(sum(weight), 0) INTO total
        FROM self_evaluation_line WHERE target_set_id = NEW.target_set_id;
        IF total <> 100 THEN
            RAISE EXCEPTION 'weights of form % add up to %', NEW.form_id, total
                USING ERRCODE = 'check_violation', CONSTRAINT = 'form_weights_add_up';
        END IF;
        IF NOT EXISTS (SELECT FROM self_evaluation_target_set s WHERE s.id = NEW.target_set_id
                       AND s.form_id = NEW.form_id) THEN
            RAISE EXCEPTION 'targets of another form'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'form_step_names_own_targets';
        END IF;
    END IF;
    IF NEW.step IN ('approve', 'accept') THEN
        SELECT by_id INTO author FROM self_evaluation_step
        WHERE form_id = NEW.form_id AND step IN ('declare', 'evaluate', 'submit') ORDER BY seq DESC LIMIT 1;
        IF author IS NOT NULL AND author = NEW.by_id THEN
            RAISE EXCEPTION 'who declared or submitted does not decide'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'form_step_by_second_person';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER step_follows BEFORE INSERT ON self_evaluation_step
    FOR EACH ROW EXECUTE FUNCTION self_evaluation_step_follows();

-- Declared targets are closed: a line joins only a set that no step names yet.
CREATE FUNCTION self_evaluation_line_joins() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM self_evaluation_step WHERE target_set_id = NEW.target_set_id) THEN
        RAISE EXCEPTION 'targets % are declared', NEW.target_set_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'declared_targets_are_closed';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER line_joins BEFORE INSERT ON self_evaluation_line
    FOR EACH ROW EXECUTE FUNCTION self_evaluation_line_joins();

CREATE FUNCTION self_evaluation_set_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    newest integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('self_evaluation_form'), NEW.form_id::int);
    SELECT COALESCE(max(number), 0) INTO newest FROM self_evaluation_target_set WHERE form_id = NEW.form_id;
    IF NEW.number <> newest + 1 THEN
        RAISE EXCEPTION 'form % has % sets of targets', NEW.form_id, newest
            USING ERRCODE = 'check_violation', CONSTRAINT = 'target_set_follows';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER set_follows BEFORE INSERT ON self_evaluation_target_set
    FOR EACH ROW EXECUTE FUNCTION self_evaluation_set_follows();

-- A result is of a line of the approved targets, within its weight, while the form is open to it.
CREATE FUNCTION self_evaluation_result_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    line self_evaluation_line;
    state text;
    approved bigint;
    owner bigint;
BEGIN
    SELECT * INTO line FROM self_evaluation_line WHERE id = NEW.line_id;
    IF NEW.score > line.weight OR NEW.by_rule > line.weight THEN
        RAISE EXCEPTION 'score % above weight %', NEW.score, line.weight
            USING ERRCODE = 'check_violation', CONSTRAINT = 'result_within_weight';
    END IF;
    SELECT form_id INTO owner FROM self_evaluation_target_set WHERE id = line.target_set_id;
    SELECT to_state INTO state FROM self_evaluation_step WHERE form_id = owner ORDER BY seq DESC LIMIT 1;
    SELECT target_set_id INTO approved FROM self_evaluation_step
    WHERE form_id = owner AND step = 'approve' ORDER BY seq DESC LIMIT 1;
    IF state IS NULL OR state NOT IN ('approved', 'self_evaluated', 'review_returned')
       OR approved IS DISTINCT FROM line.target_set_id THEN
        RAISE EXCEPTION 'form % is not open for results of line %', owner, line.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'result_of_open_form';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER result_fits BEFORE INSERT ON self_evaluation_result
    FOR EACH ROW EXECUTE FUNCTION self_evaluation_result_fits();
