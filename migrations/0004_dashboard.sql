CREATE TABLE "headgate"."components" (
	"project" text NOT NULL,
	"key" text NOT NULL,
	"upstream" text NOT NULL,
	"label" text NOT NULL,
	"current_versions" jsonb NOT NULL,
	"places" integer NOT NULL,
	"unpinned" integer NOT NULL,
	"latest" text,
	"lag" integer,
	"behind_since" timestamp with time zone,
	"trust" double precision,
	"coverage" double precision,
	"candidate" text,
	"planned_at" timestamp with time zone NOT NULL,
	CONSTRAINT "components_project_key_pk" PRIMARY KEY("project","key")
);
--> statement-breakpoint
CREATE TABLE "headgate"."sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"person" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."submissions" (
	"id" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"outcome" jsonb
);
--> statement-breakpoint
ALTER TABLE "headgate"."components" ADD CONSTRAINT "components_project_projects_id_fk" FOREIGN KEY ("project") REFERENCES "headgate"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "components_upstream" ON "headgate"."components" USING btree ("upstream");