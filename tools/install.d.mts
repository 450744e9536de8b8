export const root: string;
export const environment: NodeJS.ProcessEnv;
export function installIfMissing(): void;
