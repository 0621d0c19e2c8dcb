/** Makes our ids differ from those that another program derives from the same names. */
const NAMESPACE = "6f1d5a0e-2c0b-5f0e-9a3b-7d1c4e8f2b60";

/**
 * The id of an app or a function: always the same for the same name, so that a sync, a restart and an
 * empty database all come to the one id that links and clients have stored. A version 5 UUID.
 */
export function uuidFromName(name: string): string {
  return Bun.randomUUIDv5(name, NAMESPACE);
}
