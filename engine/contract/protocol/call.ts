import type { z } from 'zod';

/** One call: what it is asked with and what it answers. Both are parsed where they arrive, never only typed. */
export type Call<I extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> = { input: I; result: R };

export const call = <I extends z.ZodType, R extends z.ZodType>(input: I, result: R): Call<I, R> => ({ input, result });
