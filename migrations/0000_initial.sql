CREATE TABLE "headgate"."alerts" (
	"project" text NOT NULL,
	"upstream" text NOT NULL,
	"class" text NOT NULL,
	"state" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"alert" jsonb NOT NULL,
	CONSTRAINT "alerts_project_upstream_class_pk" PRIMARY KEY("project","upstream","class")
);
--> statement-breakpoint
CREATE TABLE "headgate"."blobs" (
	"oid" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"used_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."candidates" (
	"id" text PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"upstream" text NOT NULL,
	"component_key" text NOT NULL,
	"from_versions" jsonb NOT NULL,
	"to_version" text NOT NULL,
	"step" text NOT NULL,
	"state" text NOT NULL,
	"until" timestamp with time zone,
	"first_seen_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"snapshot" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."decisions" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"candidate" text NOT NULL,
	"verdict" text NOT NULL,
	"until" timestamp with time zone,
	"reasons" jsonb NOT NULL,
	"by" jsonb NOT NULL,
	"checks" jsonb NOT NULL,
	"score" jsonb,
	"content" jsonb NOT NULL,
	"fingerprint" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."deliveries" (
	"key" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"state" text NOT NULL,
	"url" text,
	"external_id" text,
	"commit" text,
	"at" timestamp with time zone NOT NULL,
	"error" text,
	"retry_at" timestamp with time zone,
	"payload" jsonb
);
--> statement-breakpoint
CREATE TABLE "headgate"."events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"project" text,
	"upstream" text,
	"candidate" text,
	"data" jsonb
);
--> statement-breakpoint
CREATE TABLE "headgate"."facts" (
	"purl" text NOT NULL,
	"signal" text NOT NULL,
	"facts" jsonb,
	"source" text,
	"at" timestamp with time zone,
	"failure" jsonb,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "facts_purl_signal_pk" PRIMARY KEY("purl","signal")
);
--> statement-breakpoint
CREATE TABLE "headgate"."human_decisions" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"project" text NOT NULL,
	"upstream" text NOT NULL,
	"action" text NOT NULL,
	"version_range" text,
	"by" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "headgate"."meta" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."observations" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"purl" text NOT NULL,
	"tag" text NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"content" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."pins" (
	"project" text NOT NULL,
	"ordinal" integer NOT NULL,
	"path" text NOT NULL,
	"line" integer NOT NULL,
	"upstream" text NOT NULL,
	"ref" text,
	"tag_template" text,
	"watched" boolean NOT NULL,
	"pin" jsonb NOT NULL,
	CONSTRAINT "pins_project_ordinal_pk" PRIMARY KEY("project","ordinal")
);
--> statement-breakpoint
CREATE TABLE "headgate"."projects" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"source" jsonb NOT NULL,
	"branch" text,
	"commit" text,
	"discovered_at" timestamp with time zone,
	"problems" jsonb NOT NULL,
	"last_failure" jsonb,
	"due_at" timestamp with time zone,
	"leased_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "headgate"."refs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"purl" text NOT NULL,
	"name" text NOT NULL,
	"target" text NOT NULL,
	"seen_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."releases" (
	"purl" text NOT NULL,
	"tag" text NOT NULL,
	"version" text NOT NULL,
	"published_at" timestamp with time zone,
	"published_by" text NOT NULL,
	"state" text NOT NULL,
	"state_reason" text,
	"digests" jsonb NOT NULL,
	"assets" jsonb NOT NULL,
	"commit" text,
	"notes_url" text,
	"notes" text,
	"first_seen_at" timestamp with time zone NOT NULL,
	"content_first_seen_at" timestamp with time zone NOT NULL,
	"baseline" boolean NOT NULL,
	"missing" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "releases_purl_tag_pk" PRIMARY KEY("purl","tag")
);
--> statement-breakpoint
CREATE TABLE "headgate"."upstreams" (
	"purl" text PRIMARY KEY NOT NULL,
	"source" text,
	"due_at" timestamp with time zone NOT NULL,
	"leased_until" timestamp with time zone,
	"validator" text,
	"first_polled_at" timestamp with time zone,
	"last_success_at" timestamp with time zone,
	"failure" jsonb,
	"complete" boolean,
	"not_checked" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."vouches" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"upstream" text NOT NULL,
	"by" text NOT NULL,
	"reason" text NOT NULL,
	"points" double precision NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"until" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "headgate"."pins" ADD CONSTRAINT "pins_project_projects_id_fk" FOREIGN KEY ("project") REFERENCES "headgate"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alerts_state" ON "headgate"."alerts" USING btree ("state");--> statement-breakpoint
CREATE INDEX "blobs_used" ON "headgate"."blobs" USING btree ("used_at");--> statement-breakpoint
CREATE INDEX "candidates_project" ON "headgate"."candidates" USING btree ("project","state");--> statement-breakpoint
CREATE INDEX "decisions_candidate" ON "headgate"."decisions" USING btree ("candidate","id");--> statement-breakpoint
CREATE INDEX "deliveries_subject" ON "headgate"."deliveries" USING btree ("subject_kind","subject_id");--> statement-breakpoint
CREATE INDEX "events_at" ON "headgate"."events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "human_decisions_upstream" ON "headgate"."human_decisions" USING btree ("project","upstream");--> statement-breakpoint
CREATE INDEX "observations_release" ON "headgate"."observations" USING btree ("purl","tag");--> statement-breakpoint
CREATE INDEX "pins_upstream" ON "headgate"."pins" USING btree ("upstream");--> statement-breakpoint
CREATE INDEX "projects_due" ON "headgate"."projects" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "refs_name" ON "headgate"."refs" USING btree ("purl","name");--> statement-breakpoint
CREATE INDEX "upstreams_due" ON "headgate"."upstreams" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "vouches_upstream" ON "headgate"."vouches" USING btree ("upstream");