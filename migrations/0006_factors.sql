CREATE TABLE `factors` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`kind` text NOT NULL,
	`secret` text NOT NULL,
	`name` text,
	`created_at_ms` integer NOT NULL,
	`confirmed_at_ms` integer,
	`last_used_at_ms` integer,
	`last_step` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "factors_kind" CHECK("factors"."kind" in ('totp', 'recovery-code'))
);
--> statement-breakpoint
CREATE INDEX `factors_user_id` ON `factors` (`user_id`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `proven_at_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `second_factor_at_ms` integer;