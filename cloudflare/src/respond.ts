/** Headers and small bodies that several answers share. */

/** What every answer of the Worker says to a browser: it is no page. Those of public/ have their own, in public/_headers. */
const SECURITY = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "Strict-Transport-Security": "max-age=31536000",
  "X-Content-Type-Options": "nosniff",
};

/** The titles and the metadata interval are for players on other sites, too. */
export function crossOrigin(headers: Record<string, string>): Headers {
  return new Headers({
    ...SECURITY,
    ...headers,
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, icy-metaint, icy-name",
    "Cross-Origin-Resource-Policy": "cross-origin",
  });
}

export function preflight(): Response {
  const headers = crossOrigin({
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Icy-MetaData, Range",
    "Access-Control-Max-Age": "86400",
  });
  return new Response(null, { status: 204, headers });
}

export function finite(status: number, text: string, headers: Record<string, string> = {}): Response {
  const all = crossOrigin({ "Cache-Control": "no-store", ...headers });
  all.set("Content-Type", "text/plain; charset=utf-8");
  return new Response(`${text}\n`, { status, headers: all });
}

export function json(status: number, value: unknown): Response {
  const headers = crossOrigin({ "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  return new Response(`${JSON.stringify(value)}\n`, { status, headers });
}
