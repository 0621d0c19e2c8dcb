/** The events of the catalogue. It is loaded only when it is asked for. */
export async function proposeEventNames(): Promise<readonly string[]> {
  const { catalogue } = await import("@system-bus/events");
  return catalogue.map(({ name }) => name);
}
