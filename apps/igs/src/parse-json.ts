/** Undefined for what is not JSON: the schema that reads it next says no. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
