CREATE TABLE `housekeeping` (
	`task` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `users_inactive` ON `users` (`status`) WHERE status = 'inactive';