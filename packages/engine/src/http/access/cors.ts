/** Browsers on any page may send events: the event key is what protects them. */
export const CORS_HEADERS = { "access-control-allow-origin": "*" } as const;

const PREFLIGHT_HEADERS = {
  ...CORS_HEADERS,
  "access-control-allow-methods": "POST, OPTIONS",
  "access-control-allow-headers": "*",
  "access-control-max-age": "7200",
} as const;

export function preflightResponse(): Response {
  return new Response(null, { status: 204, headers: PREFLIGHT_HEADERS });
}
