// What the seeds' code comes to with the fourth version, when nobody asks the compiler.

import { describe, expect, test } from "bun:test";
import { Inngest } from "inngest";
import { coerced, eventSchemas, inngestMiddleware, threeArguments, withSchemas } from "./gone.ts";

const said = async (act: () => unknown) =>
  Promise.resolve()
    .then(act)
    .then(
      () => "nothing",
      (error: unknown) => String(Object(error).message),
    );

describe("the third version's code on the fourth", () => {
  test("finds neither EventSchemas nor InngestMiddleware", () => {
    expect([eventSchemas, inngestMiddleware]).toEqual([undefined, undefined]);
  });

  test("with a trigger as the second argument is refused when the function is made", async () => {
    expect(await said(threeArguments)).toMatch(/2 arguments|handler|trigger/i);
  });

  test("with schemas on the client sends anything", () => {
    expect(withSchemas).toBeInstanceOf(Inngest);
  });

  test("with a transform in a schema has the event checked, and not changed", async () => {
    const event = coerced.create({ n: "1" } as never);
    await event.validate();
    expect(event.data).toEqual({ n: "1" } as never);
  });
});
