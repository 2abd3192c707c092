import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Who may come in: by a link that works once, and then by the cookie that it left. */
export type Access = {
  /** A new link's token. The one before it stops working. */
  newToken: () => string;
  /** Takes a token: true the first time, and then never more. */
  takeToken: (given: string) => boolean;
  /** The Set-Cookie header that lets a browser in from then on. */
  cookie: () => string;
  hasCookie: (request: IncomingMessage) => boolean;
  /** Whether the Host header names this server: keeps out other names that were made to lead here. */
  isOwnHost: (request: IncomingMessage) => boolean;
  /** Whether a request was made by a page of this server, or by no page at all (an address that was typed). */
  isOwnOrigin: (request: IncomingMessage, options: { needed: boolean }) => boolean;
};

export type AccessOptions = {
  tls: boolean;
  /** Names besides the loopback ones under which the server is reached, lower case. */
  names: readonly string[];
  /** Read when it is needed: the port may be picked by the system. */
  port: () => number;
};

const secret = (): string => randomBytes(32).toString('base64url');

const same = (a: string, b: string): boolean => {
  const [x, y] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(x, y);
};

/** The name in a Host header, without its port; undefined for what is none. */
export const hostName = (header: string | undefined): string | undefined => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/.exec(header?.toLowerCase() ?? '');
  return match?.[1].replace(/^\[|\]$/g, '');
};

export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));

export const createAccess = ({ tls, names, port }: AccessOptions): Access => {
  const session = secret();
  let token: string | undefined;
  // Cookies know no ports: two servers of one machine must not take each other's away.
  const cookieName = (): string => `longtake-${port()}`;

  return {
    newToken: () => (token = secret()),
    takeToken: (given) => {
      const right = token !== undefined && same(given, token);
      if (right) token = undefined;
      return right;
    },
    cookie: () => `${cookieName()}=${session}; Path=/; HttpOnly; SameSite=Strict${tls ? '; Secure' : ''}`,
    hasCookie: ({ headers }) => {
      const given = (headers.cookie ?? '').split(';').map((each) => each.trim().split('='));
      return given.some(([name, value = '']) => name === cookieName() && same(value, session));
    },
    // With another port than ours too: ssh -L may lead here from any.
    isOwnHost: ({ headers }) => {
      const name = hostName(headers.host);
      return name !== undefined && (isLoopback(name) || (tls && names.includes(name)));
    },
    isOwnOrigin: ({ headers }, { needed }) => {
      const { origin, host } = headers;
      if (origin !== undefined) return origin === `${tls ? 'https' : 'http'}://${host}`;
      const site = headers['sec-fetch-site'];
      return !needed && (site === undefined || site === 'same-origin' || site === 'none');
    },
  };
};
