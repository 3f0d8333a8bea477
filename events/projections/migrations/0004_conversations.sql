CREATE TABLE `conversation` (
	`id` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`status` text NOT NULL,
	`key_ref` text NOT NULL,
	`title` text,
	`model` text,
	`models` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	`turns` integer NOT NULL,
	`messages` integer NOT NULL,
	`running_turn` text,
	`is_answered` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`cost_micro_usd` integer NOT NULL,
	`forked_from` text,
	`forked_at_turn` integer,
	`sequence` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `conversation_sequence` ON `conversation` (`sequence`);--> statement-breakpoint
CREATE INDEX `conversation_owner` ON `conversation` (`owner`,`sequence`);--> statement-breakpoint
CREATE TABLE `conversation_event` (
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
CREATE INDEX `conversation_event_actor` ON `conversation_event` (`actor_id`);--> statement-breakpoint
CREATE INDEX `conversation_event_type` ON `conversation_event` (`type`);--> statement-breakpoint
CREATE INDEX `conversation_event_time` ON `conversation_event` (`time_ms`);--> statement-breakpoint
CREATE INDEX `conversation_event_correlation` ON `conversation_event` (`correlation_id`);