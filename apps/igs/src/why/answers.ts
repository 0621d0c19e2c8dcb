const ANSWER_MAX_MS = 2_000;

/**
 * Whether a worker's address is dead beyond doubt: this machine refuses the connection. A name that only a
 * container knows, or an address that says nothing, proves nothing.
 */
export async function answers(address: string): Promise<boolean> {
  if (!URL.canParse(address)) return true;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MAX_MS) });
    await response.body?.cancel();
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    return code !== "ConnectionRefused" && code !== "ECONNREFUSED";
  }
}
