CREATE TABLE `challenges` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer,
	`registration_id` text,
	`purpose` text NOT NULL,
	`secret_hash` text NOT NULL,
	`email` text,
	`expires_at_ms` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`registration_id`) REFERENCES `registrations`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `challenges_user_purpose` ON `challenges` (`user_id`,`purpose`);--> statement-breakpoint
CREATE UNIQUE INDEX `challenges_registration_purpose` ON `challenges` (`registration_id`,`purpose`);--> statement-breakpoint
CREATE INDEX `challenges_secret_hash` ON `challenges` (`secret_hash`);--> statement-breakpoint
CREATE TABLE `registrations` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text,
	`username_key` text,
	`email` text NOT NULL,
	`name` text,
	`password_hash` text NOT NULL,
	`opens` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `registrations_username_key` ON `registrations` (`username_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `registrations_email` ON `registrations` (`email`) WHERE opens = 1;--> statement-breakpoint
CREATE INDEX `audit_events_user_id` ON `audit_events` (`user_id`);