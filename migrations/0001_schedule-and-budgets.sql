CREATE TABLE "headgate"."budgets" (
	"name" text PRIMARY KEY NOT NULL,
	"limit" integer NOT NULL,
	"remaining" integer NOT NULL,
	"reset_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"limited_until" timestamp with time zone,
	"closed_until" timestamp with time zone,
	"trouble" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "headgate"."replicas" (
	"id" text PRIMARY KEY NOT NULL,
	"seen_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "headgate"."upstreams" ADD COLUMN "known_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "headgate"."upstreams" ADD COLUMN "rhythm" integer;--> statement-breakpoint
ALTER TABLE "headgate"."upstreams" ADD COLUMN "newest_at" timestamp with time zone;