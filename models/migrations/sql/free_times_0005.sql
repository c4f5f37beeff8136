-- The index that slots are read from. Whichever transaction changes a window, an appointment, its gendarmes, an
-- absence or an account leaves `free_times` true, because the triggers below run inside it; no door can forget to.
CREATE FUNCTION refresh_free_times(changed bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM free_times WHERE window_id = ANY (changed);
    INSERT INTO free_times
        (window_id, unit_id, counter_id, agent_id, starts_at, ends_at, reason_codes, place_kind)
    SELECT w.id, w.unit_id, w.counter_id, w.agent_id, lower(gap), upper(gap), w.reason_codes, w.place_kind
    FROM opening_windows w
    CROSS JOIN LATERAL unnest(
        tstzmultirange(w.during) - coalesce(
            (
                SELECT range_agg(busy.during) FROM (
                    SELECT a.occupied AS during FROM appointments a
                    WHERE int4range(a.counter_id, a.counter_id, '[]') = int4range(w.counter_id, w.counter_id, '[]')
                        AND a.occupied && w.during AND a.state IN ('held', 'requested', 'confirmed', 'honoured')
                    UNION ALL
                    SELECT named.occupied FROM appointment_agents named
                    WHERE w.agent_id IS NOT NULL
                        AND int4range(named.agent_id, named.agent_id, '[]') = int4range(w.agent_id, w.agent_id, '[]')
                        AND named.occupied && w.during AND named.occupies
                    UNION ALL
                    SELECT absent.during FROM absences absent
                    WHERE absent.agent_id = w.agent_id AND absent.cancelled_at IS NULL AND absent.during && w.during
                ) busy
            ),
            '{}'::tstzmultirange
        )
    ) AS gap
    -- Whose account is closed receives nobody, whatever an opening still says.
    WHERE w.id = ANY (changed)
        AND (w.agent_id IS NULL OR EXISTS (SELECT FROM agents one WHERE one.id = w.agent_id AND one.active))
$$
-- next
CREATE FUNCTION free_times_after_opening_windows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_free_times((SELECT array_agg(changed.id) FROM changed));
    RETURN NULL;
END $$
-- next
CREATE TRIGGER free_times_inserted AFTER INSERT ON opening_windows
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION free_times_after_opening_windows()
-- next
CREATE TRIGGER free_times_updated AFTER UPDATE ON opening_windows
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION free_times_after_opening_windows()
-- next
CREATE FUNCTION free_times_after_appointments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_free_times(array_agg(w.id)) FROM opening_windows w
    WHERE (TG_OP <> 'INSERT' AND OLD.occupies AND w.during && OLD.occupied
            AND int4range(w.counter_id, w.counter_id, '[]') = int4range(OLD.counter_id, OLD.counter_id, '[]'))
        OR (TG_OP <> 'DELETE' AND NEW.occupies AND w.during && NEW.occupied
            AND int4range(w.counter_id, w.counter_id, '[]') = int4range(NEW.counter_id, NEW.counter_id, '[]'));
    RETURN NULL;
END $$
-- next
CREATE TRIGGER free_times_written AFTER INSERT OR DELETE ON appointments
    FOR EACH ROW EXECUTE FUNCTION free_times_after_appointments()
-- next
CREATE TRIGGER free_times_changed AFTER UPDATE ON appointments FOR EACH ROW
    WHEN (OLD.occupies IS DISTINCT FROM NEW.occupies OR OLD.occupied IS DISTINCT FROM NEW.occupied
        OR OLD.counter_id IS DISTINCT FROM NEW.counter_id)
    EXECUTE FUNCTION free_times_after_appointments()
-- next
CREATE FUNCTION free_times_after_appointment_agents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_free_times(array_agg(w.id)) FROM opening_windows w
    WHERE (TG_OP <> 'INSERT' AND w.agent_id = OLD.agent_id AND w.during && OLD.occupied)
        OR (TG_OP <> 'DELETE' AND w.agent_id = NEW.agent_id AND w.during && NEW.occupied);
    RETURN NULL;
END $$
-- next
CREATE TRIGGER free_times_changed AFTER INSERT OR UPDATE OR DELETE ON appointment_agents
    FOR EACH ROW EXECUTE FUNCTION free_times_after_appointment_agents()
-- next
CREATE FUNCTION free_times_after_absences() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_free_times(array_agg(w.id)) FROM opening_windows w
    WHERE (TG_OP <> 'INSERT' AND w.agent_id = OLD.agent_id AND w.during && OLD.during)
        OR (TG_OP <> 'DELETE' AND w.agent_id = NEW.agent_id AND w.during && NEW.during);
    RETURN NULL;
END $$
-- next
CREATE TRIGGER free_times_changed AFTER INSERT OR UPDATE OR DELETE ON absences
    FOR EACH ROW EXECUTE FUNCTION free_times_after_absences()
-- next
CREATE FUNCTION free_times_after_agents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_free_times(array_agg(w.id)) FROM opening_windows w WHERE w.agent_id = NEW.id;
    RETURN NULL;
END $$
-- next
CREATE TRIGGER free_times_changed AFTER UPDATE OF active ON agents FOR EACH ROW
    WHEN (OLD.active IS DISTINCT FROM NEW.active) EXECUTE FUNCTION free_times_after_agents()
