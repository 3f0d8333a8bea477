CREATE TABLE `batch` (
	`id` text PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`time_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `batch_time` ON `batch` (`time_ms`);--> statement-breakpoint
CREATE TABLE `request_time` (
	`bucket` integer NOT NULL,
	`sequence` integer NOT NULL,
	PRIMARY KEY(`bucket`, `sequence`)
);
--> statement-breakpoint
CREATE TABLE `checkpoint` (
	`stream` text PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`time_ms` integer NOT NULL,
	`created_ms` integer NOT NULL,
	`unreadable` integer NOT NULL,
	`lost` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `day_part` (
	`day` text NOT NULL,
	`part` integer NOT NULL,
	`parts` integer NOT NULL,
	`traffic_sequence` integer NOT NULL,
	`sequence` integer NOT NULL,
	`rows` text NOT NULL,
	PRIMARY KEY(`day`, `part`)
);
--> statement-breakpoint
CREATE TABLE `day` (
	`day` text PRIMARY KEY NOT NULL,
	`traffic_sequence` integer,
	`late` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `daily_stats` (
	`day` text NOT NULL,
	`client` text NOT NULL,
	`provider` text NOT NULL,
	`key_id` text NOT NULL,
	`model` text NOT NULL,
	`requests` integer NOT NULL,
	`failures` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`cached_tokens` integer NOT NULL,
	`cost_micro_usd` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	PRIMARY KEY(`day`, `client`, `provider`, `key_id`, `model`)
);
--> statement-breakpoint
CREATE TABLE `dropped_traffic` (
	`n` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`count` integer NOT NULL,
	`requests` integer NOT NULL,
	`failures` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `event_index` (
	`sequence` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`type` text NOT NULL,
	`version` integer NOT NULL,
	`time_ms` integer NOT NULL,
	`correlation_id` text NOT NULL,
	`by_kind` text NOT NULL,
	`by_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `event_index_actor` ON `event_index` (`kind`,`actor_id`);--> statement-breakpoint
CREATE INDEX `event_index_type` ON `event_index` (`type`);--> statement-breakpoint
CREATE INDEX `event_index_time` ON `event_index` (`time_ms`);--> statement-breakpoint
CREATE INDEX `event_index_correlation` ON `event_index` (`correlation_id`);--> statement-breakpoint
CREATE TABLE `provider_key` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`name` text NOT NULL,
	`masked` text NOT NULL,
	`fingerprint` text NOT NULL,
	`origin` text NOT NULL,
	`status` text NOT NULL,
	`rest_until_ms` integer,
	`reason` text,
	`rule_id` text,
	`disabled_cause` text,
	`models` text NOT NULL,
	`weight` integer NOT NULL,
	`source` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_rotated_at_ms` integer,
	`removed_at_ms` integer,
	`sequence` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `provider_key_provider` ON `provider_key` (`provider`);--> statement-breakpoint
CREATE TABLE `request` (
	`n` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`trace_id` text NOT NULL,
	`at_ms` integer NOT NULL,
	`client` text NOT NULL,
	`dialect` text NOT NULL,
	`method` text NOT NULL,
	`route` text NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`key_id` text NOT NULL,
	`status` integer NOT NULL,
	`outcome` text NOT NULL,
	`streamed` integer NOT NULL,
	`started_at_ms` integer NOT NULL,
	`first_byte_ms` real NOT NULL,
	`duration_ms` real NOT NULL,
	`request_bytes` integer NOT NULL,
	`response_bytes` integer NOT NULL,
	`input_tokens` integer,
	`output_tokens` integer,
	`cached_tokens` integer,
	`reasoning_tokens` integer,
	`cost_micro_usd` integer,
	`price_version` text,
	`attempts` text NOT NULL
);
