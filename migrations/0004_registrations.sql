DROP INDEX `registrations_any_email`;--> statement-breakpoint
DROP INDEX `registrations_username_key`;--> statement-breakpoint
DROP INDEX `registrations_email`;--> statement-breakpoint
ALTER TABLE `registrations` ADD `handle_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `registrations_username_key` ON `registrations` (`username_key`);--> statement-breakpoint
CREATE INDEX `registrations_email` ON `registrations` (`email`);--> statement-breakpoint
ALTER TABLE `registrations` DROP COLUMN `opens`;--> statement-breakpoint
DROP INDEX `challenges_user_purpose`;--> statement-breakpoint
DROP INDEX `challenges_registration_purpose`;--> statement-breakpoint
CREATE INDEX `challenges_user_purpose` ON `challenges` (`user_id`,`purpose`);--> statement-breakpoint
CREATE INDEX `challenges_registration_purpose` ON `challenges` (`registration_id`,`purpose`);