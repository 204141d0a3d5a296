CREATE INDEX "candidates_state" ON "headgate"."candidates" USING btree ("state");--> statement-breakpoint
CREATE INDEX "candidates_upstream" ON "headgate"."candidates" USING btree ("upstream");--> statement-breakpoint
CREATE INDEX "candidates_component" ON "headgate"."candidates" USING btree ("project","component_key");--> statement-breakpoint
CREATE INDEX "deliveries_unfinished" ON "headgate"."deliveries" USING btree ("channel") WHERE payload is not null;--> statement-breakpoint
CREATE INDEX "events_kind" ON "headgate"."events" USING btree ("kind","id");--> statement-breakpoint
CREATE INDEX "meta_beginning" ON "headgate"."meta" USING btree ("key" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "observations_seen" ON "headgate"."observations" USING brin ("seen_at");