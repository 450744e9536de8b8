ALTER TABLE `audit_events` ADD `operator` text;--> statement-breakpoint
ALTER TABLE `audit_events` ADD `device` text;--> statement-breakpoint
ALTER TABLE `challenges` ADD `session_id` text;--> statement-breakpoint
ALTER TABLE `registrations` ADD `language` text DEFAULT 'en' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `name` text;