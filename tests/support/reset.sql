-- What a test run adds to its PostgreSQL database: which tables were written, and how to put them back.
CREATE SCHEMA reset;
CREATE TABLE reset.touched (name text NOT NULL);
CREATE TABLE reset.now (template text NOT NULL);
INSERT INTO reset.now VALUES ('');
CREATE TABLE reset.kept (template text NOT NULL, name text NOT NULL);
CREATE TABLE reset.counted (template text NOT NULL, sequence text NOT NULL, value bigint);

CREATE FUNCTION reset.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO reset.touched VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;

DO $$
DECLARE each text;
BEGIN
    FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TRIGGER ground_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION reset.touch()', each);
    END LOOP;
END $$;

CREATE VIEW reset.written AS SELECT tgrelid FROM pg_trigger WHERE tgname = 'ground_written';

-- Remember all rows and where the sequences are.
CREATE FUNCTION reset.keep(wanted text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE each text; found boolean;
BEGIN
    FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', each) INTO found;
        IF found THEN
            EXECUTE format('CREATE TABLE reset.%I AS TABLE public.%I', wanted || '_' || each, each);
            INSERT INTO reset.kept VALUES (wanted, each);
        END IF;
    END LOOP;
    INSERT INTO reset.counted
        SELECT wanted, format('public.%I', sequencename), last_value FROM pg_sequences WHERE schemaname = 'public';
    DELETE FROM reset.touched;
    UPDATE reset.now SET template = wanted;
END $$;

-- Put the written tables back; gives the tables that have grown so large that they want a VACUUM.
CREATE FUNCTION reset.restore(wanted text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE each text; fields text;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    INSERT INTO reset.touched
        SELECT kept.name FROM reset.kept, reset.now WHERE now.template <> wanted AND kept.template IN (wanted, now.template);
    FOR each IN SELECT DISTINCT name FROM reset.touched LOOP
        EXECUTE format('DELETE FROM public.%I', each);
        IF EXISTS (SELECT FROM reset.kept WHERE template = wanted AND name = each) THEN
            SELECT string_agg(quote_ident(attname), ', ') INTO fields FROM pg_attribute
                WHERE attrelid = format('public.%I', each)::regclass
                AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
            EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM reset.%I',
                           each, fields, fields, wanted || '_' || each);
        END IF;
    END LOOP;
    PERFORM setval(sequence::regclass, coalesce(value, 1), value IS NOT NULL)
        FROM reset.counted JOIN pg_sequences ON format('public.%I', sequencename) = sequence
        WHERE template = wanted AND value IS DISTINCT FROM last_value;
    DELETE FROM reset.touched;
    UPDATE reset.now SET template = wanted WHERE template <> wanted;
    RETURN ARRAY(SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                 WHERE nspname = 'public' AND relkind = 'r' AND relpages > 100);
END $$;
