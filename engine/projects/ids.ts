import { randomBytes } from 'node:crypto';

let lastTime = 0;
let counter = 0;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/**
 * A new UUIDv7 (RFC 9562): 48 bits of milliseconds, 12 bits that count within one, 62 bits of chance. Ids of one process are strictly
 * increasing, also when the clock is set back: it then stands still until it has caught up.
 */
export const newId = (): string => {
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    // Only the lower half is drawn, so that a millisecond has room for at least 2,048 ids.
    counter = randomBytes(2).readUInt16BE() & 0x7ff;
  } else if (counter === 0xfff) {
    lastTime += 1;
    counter = 0;
  } else {
    counter += 1;
  }
  const time = hex(lastTime, 12);
  const chance = randomBytes(8);
  chance[0] = (chance[0] & 0x3f) | 0x80;
  const tail = chance.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(counter, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
};
