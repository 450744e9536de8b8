/** A Hono route that refuses, and does nothing to find out whether it should. */
import { Hono } from 'hono';

export default new Hono().post('/refuse', (at) => at.json({ error: 'limited' }, 429));
