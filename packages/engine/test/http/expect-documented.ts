import { expect } from "bun:test";
import { ANSWERS } from "../../src/http/openapi/answers.ts";
import { V1Error, V2Error } from "../../src/http/openapi/entities.ts";
import { OPERATIONS, type Operation } from "../../src/http/openapi/operations.ts";

export interface AskedOperation {
  readonly method: string;
  /** With its query, or without. */
  readonly path: string;
}

/** Of Bun or of Hono, whose types differ. */
interface AnyResponse {
  readonly status: number;
  clone(): { text(): Promise<string> };
}

/**
 * An answer has every field that the document promises and none that it keeps quiet about. Requests that
 * the document says nothing of are let pass.
 */
export async function expectDocumented(
  asked: AskedOperation,
  response: AnyResponse,
): Promise<void> {
  const operation = findOperation(asked);
  if (!operation) return;
  const { status } = response;
  const text = await response.clone().text();
  const answer = status >= 400 ? errorOf(asked) : ANSWERS[operation];
  if (!answer) return expect(text).toBe("");
  const body: unknown = JSON.parse(text);
  // Parsing drops what a schema does not name.
  expect(answer.parse(body)).toEqual(body);
}

function errorOf({ path }: AskedOperation) {
  return path.startsWith("/api/v2/") ? V2Error : V1Error;
}

/** Where several match, the one with the fewest parameters: that is how the app chooses, too. */
function findOperation({ method, path }: AskedOperation): Operation | undefined {
  const pathname = path.replace(/\?.*$/, "");
  const matching = Object.entries(OPERATIONS).filter(([, route]) => {
    const pattern = new RegExp(`^${route.path.replaceAll(/:\w+/g, "[^/]+")}$`);
    return route.method === method && pattern.test(pathname);
  });
  const [found] = matching.toSorted(([, a], [, b]) => countOf(a.path) - countOf(b.path));
  // `OPERATIONS` has the keys of its type and no others.
  return found?.[0] as Operation | undefined;
}

function countOf(path: string): number {
  return path.split(":").length;
}
