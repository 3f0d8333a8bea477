CREATE TABLE `key_hour` (
	`hour` integer NOT NULL,
	`key_id` text NOT NULL,
	`requests` integer NOT NULL,
	`failures` integer NOT NULL,
	PRIMARY KEY(`hour`, `key_id`)
);
--> statement-breakpoint
CREATE TABLE `minute` (
	`minute` integer PRIMARY KEY NOT NULL,
	`requests` integer NOT NULL,
	`failures` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`cost_micro_usd` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`tool_calls` integer NOT NULL,
	`tool_failures` integer NOT NULL
);
