-- What a test run adds to its PostgreSQL database: which tables were written, and how to put them back.
CREATE SCHEMA ground;
CREATE TABLE ground.touched (name text NOT NULL);
CREATE TABLE ground.now (template text NOT NULL);
INSERT INTO ground.now VALUES ('');
CREATE TABLE ground.kept (template text NOT NULL, name text NOT NULL);
CREATE TABLE ground.counted (template text NOT NULL, sequence text NOT NULL, value bigint);

CREATE FUNCTION ground.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO ground.touched VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;

DO $$
DECLARE each text;
BEGIN
    FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TRIGGER ground_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ground.touch()', each);
    END LOOP;
END $$;

CREATE VIEW ground.written AS SELECT tgrelid FROM pg_trigger WHERE tgname = 'ground_written';

-- Remember all rows and where the sequences are.
CREATE FUNCTION ground.keep(wanted text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE each text; found boolean;
BEGIN
    FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', each) INTO found;
        IF found THEN
            EXECUTE format('CREATE TABLE ground.%I AS TABLE public.%I', wanted || '_' || each, each);
            INSERT INTO ground.kept VALUES (wanted, each);
        END IF;
    END LOOP;
    INSERT INTO ground.counted
        SELECT wanted, format('public.%I', sequencename), last_value FROM pg_sequences WHERE schemaname = 'public';
    DELETE FROM ground.touched;
    UPDATE ground.now SET template = wanted;
END $$;

-- Put the written tables back; gives the tables that have grown so large that they want a VACUUM.
CREATE FUNCTION ground.restore(wanted text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE each text; fields text;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    INSERT INTO ground.touched
        SELECT kept.name FROM ground.kept, ground.now WHERE now.template <> wanted AND kept.template IN (wanted, now.template);
    FOR each IN SELECT DISTINCT name FROM ground.touched LOOP
        EXECUTE format('DELETE FROM public.%I', each);
        IF EXISTS (SELECT FROM ground.kept WHERE template = wanted AND name = each) THEN
            SELECT string_agg(quote_ident(attname), ', ') INTO fields FROM pg_attribute
                WHERE attrelid = format('public.%I', each)::regclass
                AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
            EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM ground.%I',
                           each, fields, fields, wanted || '_' || each);
        END IF;
    END LOOP;
    PERFORM setval(sequence::regclass, coalesce(value, 1), value IS NOT NULL)
        FROM ground.counted JOIN pg_sequences ON format('public.%I', sequencename) = sequence
        WHERE template = wanted AND value IS DISTINCT FROM last_value;
    DELETE FROM ground.touched;
    UPDATE ground.now SET template = wanted WHERE template <> wanted;
    RETURN ARRAY(SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                 WHERE nspname = 'public' AND relkind = 'r' AND relpages > 100);
END $$;
