import { expect, test } from "bun:test";
import { chooseOpener } from "./choose-opener.ts";

const which = (program: string) => `/bin/${program}`;
const none = () => null;

test.each([
  ["darwin", {}, which, "/bin/open"],
  ["darwin", { SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }, which, null],
  ["linux", { DISPLAY: ":0" }, which, "/bin/xdg-open"],
  ["linux", { WAYLAND_DISPLAY: "wayland-0" }, which, "/bin/xdg-open"],
  ["linux", {}, which, null],
  ["linux", { DISPLAY: "" }, which, null],
  ["linux", { DISPLAY: ":0" }, none, null],
  ["linux", { WSL_DISTRO_NAME: "Debian" }, which, "/bin/wslview"],
] as const)("on %s with %p", (platform, env, find, opener) => {
  expect(chooseOpener({ platform, env, which: find })).toBe(opener);
});
