/** better-auth with its own password hash. */
import { serve } from './auth.ts';

export default serve(() => ({}));
