import { z } from 'zod';

const startSchema = z
  .object({
    version: z.string(),
    /** Of what comes with the program: models/ and demo/. */
    resources: z.string(),
  })
  .strict();
export type EngineStart = z.infer<typeof startSchema>;

/** What main tells the engine's process. `connect` brings a window's end of a channel with it. */
export const mainSaysSchema = z.discriminatedUnion('say', [
  z.object({ say: z.literal('start'), start: startSchema }).strict(),
  z.object({ say: z.literal('connect') }).strict(),
  z.object({ say: z.literal('stop') }).strict(),
]);
export type MainSays = z.infer<typeof mainSaysSchema>;

const socketSchema = z.object({ path: z.string(), secret: z.string() }).strict();
/** Where the engine answers with bytes (engine/server/http/serve-socket.ts). */
export type EngineSocket = z.infer<typeof socketSchema>;

/** What the engine's process tells main. */
export const engineSaysSchema = z.discriminatedUnion('say', [
  z.object({ say: z.literal('ready'), socket: socketSchema }).strict(),
  /** It could not start; it ends after this. */
  z.object({ say: z.literal('failed'), why: z.string() }).strict(),
]);
export type EngineSays = z.infer<typeof engineSaysSchema>;
