import { expect, test } from "bun:test";
import { loginAddress } from "./connection.ts";

test("the login leads back to the page that one was on, filters included", () => {
  const address = loginAddress({ pathname: "/runs", search: "?status=FAILED&function=a%2Fb" });
  const { pathname, searchParams } = new URL(address, "http://localhost");
  expect(pathname).toBe("/login");
  expect(searchParams.get("next")).toBe("/runs?status=FAILED&function=a%2Fb");
});
