CREATE TABLE "headgate"."advisories" (
	"purl" text NOT NULL,
	"version" text NOT NULL,
	"id" text NOT NULL,
	"source" text NOT NULL,
	"advisory" jsonb NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "advisories_purl_version_id_source_pk" PRIMARY KEY("purl","version","id","source")
);
--> statement-breakpoint
ALTER TABLE "headgate"."releases" ADD COLUMN "evidence" jsonb;--> statement-breakpoint
CREATE INDEX "decisions_at" ON "headgate"."decisions" USING btree ("at");