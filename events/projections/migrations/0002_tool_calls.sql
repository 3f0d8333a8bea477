CREATE TABLE `daily_tools` (
	`day` text NOT NULL,
	`client` text NOT NULL,
	`server` text NOT NULL,
	`tool` text NOT NULL,
	`calls` integer NOT NULL,
	`failures` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	PRIMARY KEY(`day`, `client`, `server`, `tool`)
);
--> statement-breakpoint
CREATE TABLE `tool_call` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`trace_id` text NOT NULL,
	`at_ms` integer NOT NULL,
	`client` text NOT NULL,
	`server` text NOT NULL,
	`tool` text NOT NULL,
	`backend` text NOT NULL,
	`via` text NOT NULL,
	`era` text NOT NULL,
	`outcome` text NOT NULL,
	`is_error` integer NOT NULL,
	`error_code` integer,
	`cached` integer NOT NULL,
	`error` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`duration_ms` real NOT NULL,
	`request_bytes` integer NOT NULL,
	`response_bytes` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `day_part` ADD `tools` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `dropped_traffic` ADD `tool_calls` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `dropped_traffic` ADD `tool_failures` integer DEFAULT 0 NOT NULL;