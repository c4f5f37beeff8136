-- A calendar brings thousands of absences in one statement: the free times that they touch are made anew once for each
-- statement, as they are for windows, and no longer once for each row. An update is seen twice, as it was and as it is. What somebody's window loses is found by
-- gendarme and time at once: among thousands of absences of one gendarme, the gendarme alone is no help.
DROP TRIGGER free_times_changed ON absences
-- next
CREATE OR REPLACE FUNCTION refresh_free_times(changed bigint[]) RETURNS void LANGUAGE sql AS $$
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
                    WHERE int4range(absent.agent_id, absent.agent_id, '[]') = int4range(w.agent_id, w.agent_id, '[]')
                        AND absent.cancelled_at IS NULL AND absent.during && w.during
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
CREATE OR REPLACE FUNCTION free_times_after_absences() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_free_times(touched.ids) FROM (
        SELECT array_agg(w.id) AS ids
        FROM (SELECT agent_id, range_agg(during) AS during FROM changed GROUP BY agent_id) absent
        JOIN opening_windows w ON w.agent_id = absent.agent_id AND w.during && absent.during
    ) touched WHERE touched.ids IS NOT NULL;
    RETURN NULL;
END $$
-- next
CREATE TRIGGER free_times_inserted AFTER INSERT ON absences
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION free_times_after_absences()
-- next
CREATE TRIGGER free_times_deleted AFTER DELETE ON absences
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION free_times_after_absences()
-- next
CREATE TRIGGER free_times_updated_from AFTER UPDATE ON absences
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION free_times_after_absences()
-- next
CREATE TRIGGER free_times_updated_to AFTER UPDATE ON absences
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION free_times_after_absences()
