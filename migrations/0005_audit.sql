CREATE TABLE "headgate"."audit" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"actor" text NOT NULL,
	"project" text,
	"upstream" text,
	"candidate" text,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_at" ON "headgate"."audit" USING btree ("at");
--> statement-breakpoint
-- Append-only: rows of these tables are never changed, and only retention (which says so within its transaction) drops them.
CREATE FUNCTION "headgate"."refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'UPDATE' AND current_setting('headgate.retention', true) = 'on' THEN
		IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
		RETURN NULL;
	END IF;
	RAISE EXCEPTION 'headgate.% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
--> statement-breakpoint
DO $$
DECLARE name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['audit', 'decisions', 'human_decisions', 'vouches', 'events', 'observations', 'refs'] LOOP
		EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON headgate.%I FOR EACH ROW EXECUTE FUNCTION headgate.refuse_change()', name);
		EXECUTE format('CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON headgate.%I FOR EACH STATEMENT EXECUTE FUNCTION headgate.refuse_change()', name);
	END LOOP;
END $$;
--> statement-breakpoint
-- The log is written where the thing itself is stored, in the same transaction: neither exists without the other.
CREATE FUNCTION "headgate"."audit_decision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('headgate.restoring', true) = 'on' THEN RETURN NULL; END IF;
	INSERT INTO headgate.audit (at, kind, actor, project, upstream, candidate, data)
	SELECT NEW.at, 'decision', coalesce(NEW."by" ->> 'person', 'policy'), c.project, c.upstream, NEW.candidate,
		jsonb_build_object('decision', NEW.id, 'verdict', NEW.verdict, 'until', NEW.until, 'reasons', NEW.reasons, 'content', NEW.content)
	FROM (SELECT 1) one LEFT JOIN headgate.candidates c ON c.id = NEW.candidate;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER audited AFTER INSERT ON "headgate"."decisions" FOR EACH ROW EXECUTE FUNCTION "headgate"."audit_decision"();
--> statement-breakpoint
CREATE FUNCTION "headgate"."audit_human_decision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('headgate.restoring', true) = 'on' THEN RETURN NULL; END IF;
	INSERT INTO headgate.audit (at, kind, actor, project, upstream, data)
	VALUES (NEW.at, 'human-decision', NEW."by", NEW.project, NEW.upstream,
		jsonb_build_object('action', NEW.action, 'range', NEW.version_range, 'reason', NEW.reason, 'until', NEW.until));
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER audited AFTER INSERT ON "headgate"."human_decisions" FOR EACH ROW EXECUTE FUNCTION "headgate"."audit_human_decision"();
--> statement-breakpoint
CREATE FUNCTION "headgate"."audit_vouch"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('headgate.restoring', true) = 'on' THEN RETURN NULL; END IF;
	INSERT INTO headgate.audit (at, kind, actor, upstream, data)
	VALUES (NEW.since, 'vouch', NEW."by", NEW.upstream,
		jsonb_build_object('points', NEW.points, 'reason', NEW.reason, 'until', NEW.until));
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER audited AFTER INSERT ON "headgate"."vouches" FOR EACH ROW EXECUTE FUNCTION "headgate"."audit_vouch"();
--> statement-breakpoint
CREATE FUNCTION "headgate"."audit_alert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('headgate.restoring', true) = 'on' THEN RETURN NULL; END IF;
	IF TG_OP = 'UPDATE' THEN
		IF OLD.state = NEW.state AND OLD.opened_at = NEW.opened_at THEN RETURN NULL; END IF;
	END IF;
	INSERT INTO headgate.audit (at, kind, actor, project, upstream, data)
	VALUES (NEW.updated_at, 'alert', coalesce(NEW.alert -> NEW.state ->> 'by', 'headgate'), NEW.project, NEW.upstream,
		jsonb_build_object('alert', NEW.alert ->> 'id', 'class', NEW.class, 'subject', NEW.subject, 'state', NEW.state,
			'reason', NEW.alert -> NEW.state ->> 'reason'));
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER audited AFTER INSERT OR UPDATE ON "headgate"."alerts" FOR EACH ROW EXECUTE FUNCTION "headgate"."audit_alert"();
--> statement-breakpoint
-- Channel "change" only builds a change; everything else reaches somebody outside. What is sent (the payload) is not repeated.
CREATE FUNCTION "headgate"."audit_delivery"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('headgate.restoring', true) = 'on' OR NEW.channel = 'change' THEN RETURN NULL; END IF;
	IF TG_OP = 'UPDATE' THEN
		IF (OLD.state, OLD.url, OLD.external_id, OLD.commit, OLD.error) IS NOT DISTINCT FROM
			(NEW.state, NEW.url, NEW.external_id, NEW.commit, NEW.error) THEN RETURN NULL; END IF;
	END IF;
	INSERT INTO headgate.audit (at, kind, actor, project, upstream, candidate, data)
	SELECT NEW.at, 'delivery', 'headgate', c.project, c.upstream, c.id,
		jsonb_strip_nulls(jsonb_build_object('key', NEW.key, 'channel', NEW.channel, 'subject', NEW.subject_kind || '/' || NEW.subject_id,
			'state', NEW.state, 'url', NEW.url, 'externalId', NEW.external_id, 'commit', NEW.commit, 'error', NEW.error))
	FROM (SELECT 1) one LEFT JOIN headgate.candidates c ON NEW.subject_kind = 'candidate' AND c.id = NEW.subject_id;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER audited AFTER INSERT OR UPDATE ON "headgate"."deliveries" FOR EACH ROW EXECUTE FUNCTION "headgate"."audit_delivery"();
