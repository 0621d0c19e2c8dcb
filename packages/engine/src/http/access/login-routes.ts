import { Hono, type MiddlewareHandler } from "hono";
import { QUERY_BODY_BYTES_MAX, readText } from "../request/request-body.ts";
import type { Access } from "./access.ts";
import { loginPage } from "./login-page.ts";
import { withSecurityHeaders } from "./security-headers.ts";

const TOO_MANY = "Too many wrong keys. Wait a moment, then try again.";
const WRONG_KEY = "That is not the engine's signing key.";

/** How people get in: the signing key once, then a cookie. See `session.ts`. */
export function createLoginRoutes(access: Access): Hono {
  const app = new Hono();

  const guardOrigin: MiddlewareHandler = async (c, next) => {
    const refusal = access.findOriginRefusal(c.req.raw);
    if (refusal) throw refusal;
    await next();
    withSecurityHeaders(c.res);
  };
  app.use("/login", guardOrigin);
  app.use("/logout", guardOrigin);

  app.get("/login", (c) => {
    const next = readNext(c.req.query("next"));
    return access.isOpen ? c.redirect(next, 303) : c.html(loginPage({ next, problem: null }));
  });

  app.post("/login", async (c) => {
    const form = new URLSearchParams(await readText(c.req.raw, QUERY_BODY_BYTES_MAX));
    const next = readNext(form.get("next") ?? undefined);
    const waitSeconds = access.isOpen ? null : access.guesses.waitSeconds();
    if (waitSeconds !== null) {
      c.header("retry-after", String(waitSeconds));
      return c.html(loginPage({ next, problem: TOO_MANY }), 429);
    }
    if (!access.isOpen && !access.isSigningKey((form.get("key") ?? "").trim())) {
      access.guesses.countWrong();
      return c.html(loginPage({ next, problem: WRONG_KEY }), 401);
    }
    c.header("set-cookie", access.beginSession(isSecure(c.req.raw)));
    return c.redirect(next, 303);
  });

  app.post("/logout", (c) => {
    c.header("set-cookie", access.endSession(isSecure(c.req.raw)));
    return c.redirect("/login", 303);
  });

  return app;
}

/** A path of this engine and of nobody else: `//evil.example` and `/\evil.example` are other hosts. */
function readNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : "/";
}

/** Believed of a proxy, too: a cookie marked as secure by mistake keeps nobody's secret less. */
function isSecure(request: Request): boolean {
  const isForwarded = request.headers.get("x-forwarded-proto") === "https";
  return isForwarded || new URL(request.url).protocol === "https:";
}
