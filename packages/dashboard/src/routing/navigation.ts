import { signal } from "@preact/signals";
import { type Route, readRoute } from "./route.ts";

export const currentRoute = signal<Route>({ page: "runs", search: "" });

/** Follows the browser's address from now on. */
export function startNavigation(): void {
  readAddress();
  window.addEventListener("popstate", readAddress);
  document.addEventListener("click", followLink);
}

export function navigate(address: string): void {
  history.pushState(null, "", address);
  readAddress();
  scrollTo(0, 0);
}

/** For a filter: the address changes, Back still leads to the page before. */
export function replaceAddress(address: string): void {
  history.replaceState(null, "", address);
  readAddress();
}

function readAddress(): void {
  currentRoute.value = readRoute(location.pathname, location.search);
}

/**
 * Links are real links, so that a new tab, a middle click and "copy address" work; only a plain
 * click on one of our own is kept in the page.
 */
function followLink(click: MouseEvent): void {
  if (click.defaultPrevented || click.button !== 0) return;
  if (click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
  const link = click.target instanceof Element ? click.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement)) return;
  if (link.origin !== location.origin || link.target !== "" || link.hasAttribute("download"))
    return;
  if (link.hash !== "" && link.pathname === location.pathname) return;
  if (readRoute(link.pathname, link.search).page === "nowhere") return;
  click.preventDefault();
  navigate(link.pathname + link.search);
}
