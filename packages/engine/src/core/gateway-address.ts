const URL_CHARS_SHOWN_MAX = 2_000;

/**
 * An address as traces, logs and errors show it: some carry their key as a query parameter, others a
 * password before the host.
 */
export function withoutSecrets(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return "(no address)";
  return `${parsed.origin}${parsed.pathname}`.slice(0, URL_CHARS_SHOWN_MAX);
}
