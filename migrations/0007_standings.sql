CREATE TABLE "headgate"."standings" (
	"project" text NOT NULL,
	"day" text NOT NULL,
	"components" integer NOT NULL,
	"known" integer NOT NULL,
	"behind" integer NOT NULL,
	"releases" integer NOT NULL,
	"days" double precision NOT NULL,
	"upstreams" integer NOT NULL,
	"stale" integer NOT NULL,
	CONSTRAINT "standings_project_day_pk" PRIMARY KEY("project","day")
);
