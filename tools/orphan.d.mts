export function watchParent(orphaned: () => void): NodeJS.Timeout;
export const preload: string;
