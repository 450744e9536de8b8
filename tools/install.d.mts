export const root: string;
export const environment: NodeJS.ProcessEnv;
export function installIfMissing(folder?: string): void;
