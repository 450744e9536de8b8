/** What app.ts hands to a contract's routes with every request. */
import type { Services, Visit } from '../flows/services.ts';

export interface Arrival {
  services: Services;
  visit: Visit;
  /** Plain http from outside local development. */
  insecure: boolean;
}
