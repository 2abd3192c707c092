/**
 * Imported before everything else: the content security policy allows no code from strings, and zod would try whether it does (a
 * violation is reported even though it is caught) when its first schema is made.
 */
import { config } from 'zod';

config({ jitless: true });
