ALTER TABLE "headgate"."alerts" ADD COLUMN "subject" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "headgate"."alerts" DROP CONSTRAINT "alerts_project_upstream_class_pk";--> statement-breakpoint
ALTER TABLE "headgate"."alerts" ADD CONSTRAINT "alerts_project_upstream_class_subject_pk" PRIMARY KEY("project","upstream","class","subject");--> statement-breakpoint
ALTER TABLE "headgate"."releases" ADD COLUMN "tree" text;--> statement-breakpoint
ALTER TABLE "headgate"."upstreams" ADD COLUMN "identity" jsonb;