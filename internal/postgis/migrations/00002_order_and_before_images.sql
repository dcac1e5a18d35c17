-- Versions in the order of commits, and what everything was before each change.
--
-- The record of what was before begins here. Of the change sets that exist
-- already only who, when and why is known; whoever asks for more is told so
-- (kept is false), and reads everything anew. The outbox, which named features
-- and kept nothing of them, goes.

-- +goose Up

-- An edit gets its row here at its first change and its place (seq) in the
-- instant of its commit, under a lock that is held until the commit can be seen:
-- the order of seq is the order of commits, whoever began first and however long
-- it took, and every snapshot sees all rows up to some seq and none above. The
-- version is the rank by seq, for an aborted commit leaves a gap in seq.
ALTER TABLE twin.twin_changeset
    ADD COLUMN seq     bigint,
    ADD COLUMN version bigint, -- the rank, where the transaction could see it (twin_place); else NULL
    ADD COLUMN author  text,   -- as the program signed; by_user is who the database knew
    ADD COLUMN token   uuid,   -- by which a program finds out what became of a commit it lost sight of
    ADD COLUMN layers  bigint[] NOT NULL DEFAULT '{}', -- generations whose features changed; 0: definitions
    ADD COLUMN kept    boolean  NOT NULL DEFAULT true; -- false: what was before is not known, or was deleted

COMMENT ON COLUMN twin.twin_changeset.seq IS 'The order of commits. The version is the rank by it.';

-- Numbers of rows follow the first change of each transaction; their real order
-- of commit was not recorded. (Numbers of transactions would not do: they start
-- again when a dump is restored elsewhere.)
UPDATE twin.twin_changeset AS c
SET seq = ranked.n, version = ranked.n, author = c.by_user, kept = false
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM twin.twin_changeset) AS ranked
WHERE ranked.id = c.id;

CREATE UNIQUE INDEX twin_changeset_seq ON twin.twin_changeset (seq);
CREATE UNIQUE INDEX twin_changeset_version ON twin.twin_changeset (version);
CREATE INDEX twin_changeset_at ON twin.twin_changeset (at, seq);
CREATE INDEX twin_changeset_lost ON twin.twin_changeset (seq) WHERE NOT kept;

CREATE SEQUENCE twin.twin_seq;
SELECT setval('twin.twin_seq', greatest(max(seq), 1), count(*) > 0) FROM twin.twin_changeset;

-- A layer that is dropped and one made later under its name are different
-- generations, with histories of their own (twin_was_<generation>, see the
-- package). NULL: of an older program, which kept no history.
CREATE SEQUENCE twin.twin_generation;
ALTER TABLE twin.twin_layer ADD COLUMN generation bigint UNIQUE;

CREATE TABLE twin.twin_layer_was (
    changeset  bigint NOT NULL,
    id         text   NOT NULL,
    definition jsonb, -- all NULL: the layer did not exist before
    source     jsonb,
    generation bigint,
    PRIMARY KEY (changeset, id)
);
COMMENT ON TABLE twin.twin_layer_was IS 'What the layers that a change set changed were before it.';
CREATE INDEX ON twin.twin_layer_was (id);

CREATE TABLE twin.twin_document (
    kind text  NOT NULL,
    name text  NOT NULL,
    body bytea NOT NULL CHECK (octet_length(body) <= 65536),
    PRIMARY KEY (kind, name)
);
COMMENT ON TABLE twin.twin_document IS 'Small records of the program that belong to no version.';
REVOKE ALL ON twin.twin_document FROM PUBLIC;

-- twin_version_of is the version of the newest change set up to place s that the
-- snapshot sees: that of the nearest row that knows it, and a count from there.
-- (plpgsql, for it keeps its plans.)
-- +goose StatementBegin
CREATE FUNCTION twin.twin_version_of(s bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    near record;
BEGIN
    SELECT seq, version INTO near FROM twin.twin_changeset
    WHERE seq <= s AND version IS NOT NULL ORDER BY seq DESC LIMIT 1;
    IF near.seq = s THEN
        RETURN near.version;
    END IF;
    RETURN coalesce(near.version, 0) + (
        SELECT count(*) FROM twin.twin_changeset WHERE seq > coalesce(near.seq, 0) AND seq <= s);
END
$$;
-- +goose StatementEnd

-- twin_seq_of is the place of version v, 0 for 0, NULL when the snapshot sees no
-- such version.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_seq_of(v bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    near record;
BEGIN
    SELECT seq, version INTO near FROM twin.twin_changeset
    WHERE version <= v ORDER BY version DESC LIMIT 1;
    IF v = coalesce(near.version, 0) THEN
        RETURN coalesce(near.seq, 0);
    END IF;
    RETURN (
        SELECT seq FROM twin.twin_changeset WHERE seq > coalesce(near.seq, 0)
        ORDER BY seq OFFSET greatest(v - coalesce(near.version, 0) - 1, 0) LIMIT 1);
END
$$;
-- +goose StatementEnd

-- twin_place gives a change set its place. As a deferred constraint trigger it
-- runs in COMMIT, so that an editor who keeps a transaction open for an hour
-- makes nobody wait. (After SET CONSTRAINTS ALL IMMEDIATE it runs at once, and
-- others' commits wait until the transaction ends; the order stays right. A
-- transaction that is prepared for two-phase commit is refused by PostgreSQL,
-- because of the notification.)
--
-- A snapshot taken at the beginning of the transaction does not see the rows of
-- those who committed meanwhile, hence not the rank; nextval is outside
-- snapshots. The key of the lock is the third of those in
-- migrate.go.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_place() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    rank   bigint;
    latest timestamptz;
    place  tid;
BEGIN
    PERFORM pg_advisory_xact_lock(8392292351795527683);
    IF current_setting('transaction_isolation') IN ('read committed', 'read uncommitted') THEN
        rank := twin.twin_version_of(9223372036854775807) + 1;
        SELECT at INTO latest FROM twin.twin_changeset WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1;
    END IF;
    UPDATE twin.twin_changeset
    SET seq = nextval('twin.twin_seq'), version = rank, at = greatest(clock_timestamp(), latest)
    WHERE ctid = nullif(current_setting('twin.changeset', true), '')::tid AND id = NEW.id
    RETURNING ctid INTO place;
    IF FOUND THEN
        PERFORM set_config('twin.changeset', place::text, true);
    ELSE -- somebody has set the setting
        UPDATE twin.twin_changeset
        SET seq = nextval('twin.twin_seq'), version = rank, at = greatest(clock_timestamp(), latest)
        WHERE id = NEW.id;
    END IF;
    PERFORM pg_notify('twin', coalesce(rank::text, ''));
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE CONSTRAINT TRIGGER twin_place AFTER INSERT ON twin.twin_changeset
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION twin.twin_place();

-- twin_record notes that the features of a generation change, or the definition of
-- a layer (0), and returns the transaction's change set, which it makes at the
-- first change. The setting twin.changeset remembers where the row is; a rollback,
-- also one to a savepoint, takes back the setting and the row alike. Whoever sets
-- it by hand only makes another change set, for the row must be of this
-- transaction.
--
-- A row is found by its ctid and never through an index or by a scan: those would
-- be reads that SERIALIZABLE transactions of others conflict with, while a look
-- at a row of one's own is none. Whoever updates it has to remember its new place.
--
-- Only those who may act as the owner of the schema can sign as somebody else.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_record(generation bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    place   tid := nullif(current_setting('twin.changeset', true), '')::tid;
    current bigint;
    noted   bigint[];
    signed  text := nullif(current_setting('twin.author', true), '');
BEGIN
    IF place IS NOT NULL THEN
        SELECT id, layers INTO current, noted FROM twin.twin_changeset
        WHERE ctid = place AND xid = pg_current_xact_id();
    END IF;
    IF current IS NULL THEN
        INSERT INTO twin.twin_changeset (message, author, token, layers)
        VALUES (
            coalesce(current_setting('twin.message', true), ''),
            CASE WHEN signed IS NOT NULL AND pg_has_role(session_user, current_user, 'MEMBER') THEN signed ELSE session_user::text END,
            nullif(current_setting('twin.token', true), '')::uuid,
            ARRAY[generation])
        RETURNING id, ctid INTO current, place;
    ELSIF NOT noted @> ARRAY[generation] THEN
        UPDATE twin.twin_changeset SET layers = noted || generation WHERE ctid = place RETURNING ctid INTO place;
    ELSE
        RETURN current;
    END IF;
    PERFORM set_config('twin.changeset', place::text, true);
    RETURN current;
END
$$;
-- +goose StatementEnd

-- twin_lost notes that what was before a change could not be kept.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_lost(generation bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    place tid;
BEGIN
    PERFORM twin.twin_record(generation);
    UPDATE twin.twin_changeset SET kept = false
    WHERE ctid = current_setting('twin.changeset')::tid RETURNING ctid INTO place;
    PERFORM set_config('twin.changeset', place::text, true);
END
$$;
-- +goose StatementEnd

-- The trigger functions run with the rights of their owner, so that whoever may
-- edit a layer need not be able to write its history. They execute what their
-- triggers say, so nobody else may make triggers of them.
--
-- Arguments of twin_keep: the generation, and the statement that copies what the
-- rows were into the history, which calls twin_record if there are any. $1 and
-- $2 are the row before and after, for row triggers. With a third argument the
-- table belongs to others, who may have changed its columns: their edit must not
-- fail because of us, so what cannot be copied is counted as lost.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_keep() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Of an INSERT … ON CONFLICT both triggers run, one of them for nothing.
    IF TG_LEVEL = 'STATEMENT' AND TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT FROM new_rows) THEN
            RETURN NULL;
        END IF;
    ELSIF TG_LEVEL = 'STATEMENT' AND TG_OP <> 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT FROM old_rows) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_NARGS > 2 THEN
        -- A layer that was removed may have had to leave its triggers behind.
        IF NOT EXISTS (SELECT FROM twin.twin_layer WHERE generation = TG_ARGV[0]::bigint) THEN
            RETURN NULL;
        END IF;
        BEGIN
            CASE TG_LEVEL || TG_OP
                WHEN 'ROWINSERT' THEN EXECUTE TG_ARGV[1] USING NULL, NEW;
                WHEN 'ROWUPDATE' THEN EXECUTE TG_ARGV[1] USING OLD, NEW;
                WHEN 'ROWDELETE' THEN EXECUTE TG_ARGV[1] USING OLD, NULL;
                ELSE EXECUTE TG_ARGV[1];
            END CASE;
        EXCEPTION WHEN syntax_error_or_access_rule_violation OR data_exception OR integrity_constraint_violation THEN
            RAISE WARNING 'the twin could not keep what table % was before: %', TG_RELID::regclass, SQLERRM;
            PERFORM twin.twin_lost(TG_ARGV[0]::bigint);
        END;
    ELSE
        EXECUTE TG_ARGV[1];
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- twin_lose is for the history tables: an administrator may delete from them what
-- is too old to keep, and the record then begins after it.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_lose() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('UPDATE twin.twin_changeset SET kept = false WHERE id IN (SELECT changeset FROM %s)', TG_RELID::regclass);
    ELSE
        UPDATE twin.twin_changeset SET kept = false WHERE id IN (SELECT changeset FROM old_rows);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER twin_truncate BEFORE TRUNCATE ON twin.twin_layer_was
    FOR EACH STATEMENT EXECUTE FUNCTION twin.twin_lose();
CREATE TRIGGER twin_delete AFTER DELETE ON twin.twin_layer_was
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION twin.twin_lose();

-- Versions are counted, so that rows of change sets are never deleted.
-- +goose StatementBegin
CREATE FUNCTION twin.twin_forbid() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'rows of twin.twin_changeset are the versions of the twin and cannot be deleted'
        USING HINT = 'To save room, delete from the tables twin.twin_was_… what old change sets changed.';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER twin_forbid BEFORE DELETE OR TRUNCATE ON twin.twin_changeset
    FOR EACH STATEMENT EXECUTE FUNCTION twin.twin_forbid();

-- twin_changed_layer keeps what a layer's definition was. Where its rows are
-- stored is nobody's concern. A layer that is removed by hand takes along what
-- its features were; see DropLayer for how it is done.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION twin.twin_changed_layer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    current bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO twin.twin_layer_was (changeset, id) VALUES (twin.twin_record(0), NEW.id)
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.definition = NEW.definition AND OLD.id = NEW.id THEN
        RETURN NULL;
    END IF;
    current := twin.twin_record(0);
    INSERT INTO twin.twin_layer_was (changeset, id, definition, source, generation)
    VALUES (current, OLD.id, OLD.definition, OLD.source, OLD.generation)
    ON CONFLICT DO NOTHING;
    IF TG_OP = 'DELETE' AND current_setting('twin.dropping', true) IS DISTINCT FROM OLD.id THEN
        PERFORM twin.twin_lost(0);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

-- The triggers of older programs stay until the layers get new ones, which the
-- program does at once after this migration (see upgrade); on a table of others
-- they may stay for ever. Until then a change counts, and is lost to history.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION twin.twin_changed_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM twin.twin_layer WHERE id = TG_ARGV[0] AND generation IS NULL) THEN
        PERFORM twin.twin_lost(0);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION twin.twin_changed_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM twin.twin_layer WHERE id = TG_ARGV[0] AND generation IS NULL) THEN
        PERFORM twin.twin_lost(0);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

DROP FUNCTION twin.twin_record(text, bigint[]);
DROP TABLE twin.twin_outbox;

REVOKE ALL ON FUNCTION twin.twin_record(bigint), twin.twin_lost(bigint), twin.twin_keep(), twin.twin_lose(), twin.twin_place(),
    twin.twin_changed_rows(), twin.twin_changed_row(), twin.twin_changed_layer() FROM PUBLIC;
