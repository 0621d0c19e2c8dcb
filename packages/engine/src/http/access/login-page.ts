export interface LoginPage {
  /** Where to go after the login; a path of this engine. */
  readonly next: string;
  readonly problem: string | null;
}

/** One form, no script and no other file: it has to work before anything else may be fetched. */
export function loginPage({ next, problem }: LoginPage): string {
  const alert =
    problem === null ? "" : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Log in – System Bus</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { width: min(24rem, 90vw); }
h1 { font-size: 1.25rem; }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
input, button { margin-top: .5rem; padding: .5rem; }
.problem { color: light-dark(#a00, #f88); }
</style>
</head>
<body>
<main>
<h1>System Bus</h1>
${alert}
<form method="post" action="/login">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="key">Signing key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Log in</button>
</form>
<p><small>It is INNGEST_SIGNING_KEY in the engine's settings; <code>igs config</code> says where they lie.</small></p>
</main>
</body>
</html>
`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}
