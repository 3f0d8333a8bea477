ALTER TABLE `daily_stats` ADD `unpriced` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `request` ADD `model_route` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `request` ADD `cache_write_tokens` integer;