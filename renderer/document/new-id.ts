/** A UUIDv7 for a thing that this window names itself: 48 bits of milliseconds, the rest random (RFC 9562). */
export const newId = (): string => {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
};
