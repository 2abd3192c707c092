import { z } from 'zod';
import { problemSchema } from './values.ts';

/** Raised when a message means something else than before; both ends must agree on it. */
export const protocolVersion = 1;

/** UTF-8 bytes of one message, both ways. What is larger goes over a URL. */
export const maxMessageBytes = 1024 * 1024;

const numberSchema = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** Which topic and, for topics of a project, of which one: "preferences", "project:HANDLE", "work:HANDLE". */
const topicNameSchema = z.string().regex(/^[a-z]+(:[A-Za-z0-9_-]+)?$/);

/** What a client sends. `hello` comes first; `id` and `sub` are the client's own counters. */
export const clientMessageSchema = z.union([
  z.object({ hello: z.string().max(100), protocol: z.number().int() }).strict(),
  z.object({ id: numberSchema, call: z.string().max(100), input: z.unknown() }).strict(),
  z.object({ id: numberSchema, cancel: z.literal(true) }).strict(),
  /** `since`: the number of the last event that was seen; only within one engine (`instance` of its hello). */
  z.object({ sub: numberSchema, topic: topicNameSchema, since: z.number().int().nonnegative().optional() }).strict(),
  z.object({ unsub: topicNameSchema }).strict(),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

/** What the engine sends. An error without `id` and `sub` ends the connection. */
export const engineMessageSchema = z.union([
  z
    .object({
      hello: z.string(),
      protocol: z.number().int(),
      /** Another one after the engine was started anew: handles and event numbers of the old one mean nothing then. */
      instance: z.string(),
    })
    .strict(),
  z.object({ id: numberSchema, ok: z.literal(true), result: z.unknown() }).strict(),
  z.object({ id: numberSchema, error: problemSchema }).strict(),
  /** `missed`: what happened since cannot be told any more, take a snapshot; events after `seq` follow in any case. */
  z.object({ sub: numberSchema, seq: z.number().int().nonnegative(), missed: z.boolean() }).strict(),
  z.object({ sub: numberSchema, error: problemSchema }).strict(),
  z.object({ topic: topicNameSchema, seq: numberSchema, event: z.unknown() }).strict(),
  z.object({ error: problemSchema }).strict(),
]);
export type EngineMessage = z.infer<typeof engineMessageSchema>;

/**
 * Where messages come and go, the same for a WebSocket and a MessagePort: each message is one JSON text. A port that has closed ignores
 * what is sent.
 */
export type Port = {
  send: (text: string) => void;
  onMessage: (listener: (text: string) => void) => void;
  onClose: (listener: () => void) => void;
  close: () => void;
};
