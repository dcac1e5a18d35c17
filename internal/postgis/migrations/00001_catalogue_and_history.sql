-- The catalogue of layers, the history of changes and the triggers that write
-- it. Everything lives in the schema twin, which exists already; names that
-- begin with twin_ cannot be names of layers.

-- +goose Up

CREATE TABLE twin.twin_layer (
    id          text PRIMARY KEY,
    definition  jsonb NOT NULL, -- city.Layer, the list of properties in order
    -- Where the rows are: {"schema", "table", "id", "geometry", "srid", "geography"}.
    source      jsonb NOT NULL
);
COMMENT ON TABLE twin.twin_layer IS 'The layers that the twin serves.';

-- One row a committed transaction that changed a layer. The number of rows that
-- a snapshot sees is the version of the state that it sees: what two snapshots
-- see is nested, so that equal numbers mean equal states, and no writer ever
-- waits for another to get one. Rows are therefore never deleted.
CREATE TABLE twin.twin_changeset (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- not the version: gaps, and not in order of commit
    xid      xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at       timestamptz NOT NULL DEFAULT transaction_timestamp(),
    by_user  text        NOT NULL DEFAULT session_user,
    message  text        NOT NULL DEFAULT ''
);
COMMENT ON TABLE twin.twin_changeset IS 'One row a version: which transaction made it, when, by whom and why.';

-- What changed, in the same transaction. A follower reads the rows with
-- xid < pg_snapshot_xmin(pg_current_snapshot()) that it has not seen: below that
-- no transaction is still running, so none is ever skipped, however slow.
CREATE TABLE twin.twin_outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid        xid8   NOT NULL DEFAULT pg_current_xact_id(),
    changeset  bigint NOT NULL REFERENCES twin.twin_changeset,
    layer      text   NOT NULL,
    features   bigint[] -- ids before and after; NULL: any of the layer, or its definition
);
CREATE INDEX ON twin.twin_outbox (xid);

-- twin_record notes a change of a layer in the outbox, and at the first change
-- of a transaction the transaction. The setting twin.changeset remembers it; a
-- rollback, also one to a savepoint, takes back the setting and the row alike.
-- (An upsert by xid would not do: numbers of transactions start again when a
-- dump is restored elsewhere.)
-- +goose StatementBegin
CREATE FUNCTION twin.twin_record(layer text, features bigint[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    current bigint := nullif(current_setting('twin.changeset', true), '')::bigint;
BEGIN
    IF current IS NULL THEN
        INSERT INTO twin.twin_changeset (message)
        VALUES (coalesce(current_setting('twin.message', true), ''))
        RETURNING id INTO current;
        PERFORM set_config('twin.changeset', current::text, true);
    END IF;
    INSERT INTO twin.twin_outbox (changeset, layer, features) VALUES (current, layer, features);
END
$$;
-- +goose StatementEnd

-- The trigger functions run with the rights of their owner, so that whoever may
-- edit a layer need not be able to write its history. Arguments: the layer and
-- its id column.
--
-- twin_changed_rows is for AFTER statement triggers. Above 10,000 features the
-- list is left out: a follower then reads the layer again.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_changed_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    most     constant int := 10000;
    query    text;
    features bigint[];
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        PERFORM twin.twin_record(TG_ARGV[0], NULL);
        RETURN NULL;
    END IF;
    query := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT %1$I::bigint AS id FROM new_rows'
        WHEN 'DELETE' THEN 'SELECT %1$I::bigint AS id FROM old_rows'
        ELSE 'SELECT %1$I::bigint AS id FROM new_rows UNION SELECT %1$I::bigint FROM old_rows'
    END;
    EXECUTE format('SELECT array_agg(id) FROM (' || query || ' LIMIT %2$s) AS changed', TG_ARGV[1], most + 1)
        INTO features;
    IF features IS NOT NULL THEN -- a statement may touch no row at all
        PERFORM twin.twin_record(TG_ARGV[0], CASE WHEN cardinality(features) <= most THEN features END);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- twin_changed_row is for AFTER row triggers on partitioned tables, whose
-- statement triggers would not see an edit of a partition.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_changed_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before bigint;
    after  bigint;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        EXECUTE format('SELECT ($1).%I::bigint', TG_ARGV[1]) INTO before USING OLD;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        EXECUTE format('SELECT ($1).%I::bigint', TG_ARGV[1]) INTO after USING NEW;
    END IF;
    PERFORM twin.twin_record(TG_ARGV[0], CASE
        WHEN before IS NULL THEN ARRAY[after]
        WHEN after IS NULL OR after = before THEN ARRAY[before]
        ELSE ARRAY[before, after]
    END);
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- twin_changed_layer notes a change of the catalogue.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_changed_layer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM twin.twin_record(OLD.id, NULL);
    ELSE
        PERFORM twin.twin_record(NEW.id, NULL);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER twin_changed AFTER INSERT OR UPDATE OR DELETE ON twin.twin_layer
    FOR EACH ROW EXECUTE FUNCTION twin.twin_changed_layer();

REVOKE ALL ON FUNCTION twin.twin_record(text, bigint[]) FROM PUBLIC;

-- +goose Down

DROP TABLE twin.twin_outbox, twin.twin_changeset, twin.twin_layer;
DROP FUNCTION twin.twin_changed_rows(), twin.twin_changed_row(), twin.twin_changed_layer(), twin.twin_record(text, bigint[]);
