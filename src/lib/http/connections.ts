import { isIP, type Socket } from "node:net";
import { getCACertificates } from "node:tls";
import { Agent, buildConnector, Client, type Dispatcher, Pool, ProxyAgent } from "undici";
import { type AddressGuard, bareHost, portOf } from "./address-guard.ts";
import { createIdleLosses } from "./idle-losses.ts";
import { bypassesProxy } from "./proxy.ts";

/** How connections are made. Times in milliseconds. */
export type ConnectionOptions = {
  readonly connectTimeout: number;
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
  readonly concurrency: number;
  readonly concurrencyOf: Readonly<Record<string, number>>;
  readonly certificateAuthorities?: readonly string[];
  readonly proxy?: string | undefined;
  readonly noProxy?: readonly string[];
};

/**
 * Never HTTP/2: undici takes what came before a stream was reset for the whole answer where no length was said. With
 * HTTP/1.1 a body that is cut is an error (RFC 9112, section 8), and what tests see is what runs.
 */
const HTTP_2 = false;

/** The ways out: guarded ones for the world, direct ones for what the configuration allows, the proxy's where there is one. */
export type Connections = {
  readonly to: (url: URL) => { readonly dispatcher: Dispatcher; readonly proxied: boolean };
  /** See `IdleLosses`. Not told behind a proxy. */
  readonly wasIdleLoss: (error: unknown) => boolean;
  readonly close: () => Promise<void>;
};

/** Opens nothing yet: connections are made when they are needed. */
export function createConnections(settings: ConnectionOptions, guard: AddressGuard): Connections {
  const { connectTimeout, certificateAuthorities, proxy } = settings;
  const tls =
    certificateAuthorities === undefined || certificateAuthorities.length === 0
      ? {}
      : { ca: [...getCACertificates("default"), ...certificateAuthorities] };
  const losses = createIdleLosses();
  const how = { timeout: connectTimeout, allowH2: HTTP_2, ...tls };
  const plain = losses.watching(buildConnector(how));
  const guarded = losses.watching(buildConnector({ ...how, lookup: guard.lookup }));
  const limits = {
    allowH2: HTTP_2,
    headersTimeout: settings.headersTimeout,
    bodyTimeout: settings.bodyTimeout,
    connections: Math.max(settings.concurrency, ...Object.values(settings.concurrencyOf)),
  };
  const allowed = new Agent({ ...limits, connect: plain });
  const direct = new Agent({ ...limits, connect: connectGuarded(guard, guarded) });
  const proxied = proxy === undefined ? undefined : createProxyAgent(proxy, { ...limits, connectTimeout }, tls);
  const bypasses = (url: URL) => bypassesProxy(url.hostname, portOf(url), settings.noProxy ?? []);
  return {
    to: (url) => {
      if (guard.isAllowed(url.hostname, portOf(url))) return { dispatcher: allowed, proxied: false };
      const around = proxied === undefined || bypasses(url);
      return around ? { dispatcher: direct, proxied: false } : { dispatcher: proxied, proxied: true };
    },
    wasIdleLoss: losses.has,
    close: async () => {
      losses.close();
      await Promise.all([allowed, direct, proxied].map((agent) => agent?.destroy()));
    },
  };
}

/** Names are resolved by the proxy, so the guard has only looked at how they are written. A proxy that hangs is given up. */
function createProxyAgent(
  uri: string,
  {
    connectTimeout,
    ...limits
  }: { connectTimeout: number; headersTimeout: number; bodyTimeout: number; connections: number; allowH2: boolean },
  tls: { ca?: string[] },
): ProxyAgent {
  return new ProxyAgent({
    ...limits,
    uri,
    proxyTls: { timeout: connectTimeout, ...tls, allowH2: HTTP_2 },
    requestTls: { timeout: connectTimeout, ...tls, allowH2: HTTP_2 },
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: connectTimeout }),
  });
}

/** A literal address skips every `lookup`, and a connection proves where it leads: both are looked at here. */
function connectGuarded(guard: AddressGuard, connect: buildConnector.connector): buildConnector.connector {
  return (target, callback) => {
    const hostname = bareHost(target.hostname);
    const literal = isIP(hostname) !== 0 ? guard.refusalOfAddress(hostname, hostname) : undefined;
    if (literal !== undefined) return callback(literal, null);
    connect(target, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      const refused = guard.refusalOfAddress(hostname, (socket as Socket).remoteAddress);
      if (refused === undefined) return callback(null, socket as Socket);
      (socket as Socket).destroy();
      callback(refused, null);
    });
  };
}

/** Where a connection that is not for HTTP leads, and how: `certificateAuthorities` are the proxy's. Times in milliseconds. */
type SocketOptions = {
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
  readonly proxy?: string | undefined;
  readonly certificateAuthorities: readonly string[];
};

/** A connection for a protocol of its own, as SMTP is; through a tunnel of the proxy where there is one. Rejects when there is no way. */
export async function openSocket({
  host,
  port,
  timeout,
  proxy,
  certificateAuthorities,
}: SocketOptions): Promise<Socket> {
  if (proxy !== undefined) {
    const ca = [...getCACertificates("default"), ...certificateAuthorities];
    return openTunnel(new URL(proxy), `${isIP(host) === 6 ? `[${host}]` : host}:${port}`, { timeout, ca });
  }
  const connect = buildConnector({ timeout });
  return new Promise((resolve, reject) => {
    connect({ hostname: host, host, protocol: "http:", port: String(port) }, (...[error, socket]) =>
      error === null ? resolve(socket as Socket) : reject(error),
    );
  });
}

/** RFC 9110, section 9.3.6. What the proxy says besides its status is not looked at. */
async function openTunnel(
  proxy: URL,
  authority: string,
  { timeout, ca }: { readonly timeout: number; readonly ca: string[] },
): Promise<Socket> {
  const [user, password] = [proxy.username, proxy.password].map(decodeURIComponent);
  const login = Buffer.from(`${user}:${password}`).toString("base64");
  const headers = { host: authority, ...(proxy.username !== "" && { "proxy-authorization": `Basic ${login}` }) };
  const client = new Client(proxy.origin, { connect: { timeout, ca, allowH2: HTTP_2 }, headersTimeout: timeout });
  try {
    const { statusCode, socket } = await client.connect({ path: authority, headers });
    if (statusCode >= 200 && statusCode < 300) return socket as Socket;
    socket.on("error", () => undefined).destroy();
    throw new Error(`the proxy answered ${statusCode}`);
  } finally {
    await client.destroy(); // the tunnel is not its own any more
  }
}
