import type { HTMLBundle } from "bun";
import page from "./page/index.html";

/**
 * The routes of the dashboard for `Bun.serve({ routes })`. Each address that the page knows gives
 * the same document, and the page reads the address. Bun bundles it at the first request and keeps
 * it in memory; the bundle's own files are `/chunk-….js`, `/chunk-….css` and `/icon-….svg`.
 *
 * Serve with `development: false`: the script that Bun adds for reloading is refused by the page's
 * Content-Security-Policy.
 */
export const dashboardRoutes: Readonly<Record<string, HTMLBundle>> = {
  "/": page,
  "/runs": page,
  "/runs/*": page,
  "/functions": page,
  "/functions/*": page,
  "/events": page,
  "/events/*": page,
  "/send": page,
};
