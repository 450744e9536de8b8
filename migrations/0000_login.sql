CREATE TABLE `audit_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at_ms` integer NOT NULL,
	`action` text NOT NULL,
	`reason` text NOT NULL,
	`user_id` integer,
	`subject` text NOT NULL,
	`session_id` text,
	`contract` text NOT NULL,
	`address` text NOT NULL,
	`trace_id` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `roles` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`contract` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_used_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`credential_version` integer NOT NULL,
	`refresh_hash` text,
	`refresh_generation` integer NOT NULL,
	`refreshed_at_ms` integer NOT NULL,
	`address` text NOT NULL,
	`user_agent` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sessions_user_id` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `teams` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`public_id` text NOT NULL,
	`username` text,
	`username_key` text,
	`email` text,
	`email_verified` integer DEFAULT 0 NOT NULL,
	`name` text,
	`phone` text,
	`avatar` text,
	`language` text DEFAULT 'en' NOT NULL,
	`is_admin` integer DEFAULT 0 NOT NULL,
	`role_id` text,
	`team_id` text,
	`status` text DEFAULT 'active' NOT NULL,
	`password_hash` text,
	`credential_version` integer DEFAULT 1 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_login_at_ms` integer,
	FOREIGN KEY (`role_id`) REFERENCES `roles`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "users_status" CHECK("users"."status" in ('active', 'inactive')),
	CONSTRAINT "users_identified" CHECK("users"."email" is not null or "users"."username_key" is not null)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_public_id` ON `users` (`public_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_key` ON `users` (`username_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`);