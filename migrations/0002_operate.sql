CREATE TABLE `housekeeping` (
	`task` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `registrations_any_email` ON `registrations` (`email`);--> statement-breakpoint
CREATE INDEX `users_inactive` ON `users` (`status`) WHERE status = 'inactive';