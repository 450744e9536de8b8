/** A Hono route that refuses without finding out whether it should. */
import { Hono } from 'hono';

export default new Hono().post('/refuse', (c) => c.json({ error: 'limited' }, 429));
