/**
 * The queue of generation.
 *
 *   npm run bench:jobs -- [JOBS]                  an overnight queue (500): overnight.ts
 *   npm run bench:jobs -- --cancel [--parts A,B]  how long cancelling and pausing take at every stage of every task, with the pack that ships;
 *                                                 writes docs/jobs-speed.md and docs/jobs-speed.json: stops.ts
 *   --beside TEXT                                 a sentence about what else the machine does meanwhile
 */
if (process.argv.includes('--cancel')) await import('./stops.ts');
else await import('./overnight.ts');
