/** The variables that a plist gives its program. Of our own plists, also when a person has edited them. */
export function readPlistEnvironment(text: string): Readonly<Record<string, string>> {
  const withoutComments = text.replace(/<!--.*?-->/gs, "");
  const dict = /<key>EnvironmentVariables<\/key>\s*<dict>(.*?)<\/dict>/s.exec(withoutComments)?.[1];
  const pairs = (dict ?? "").matchAll(/<key>(.*?)<\/key>\s*<string>(.*?)<\/string>/gs);
  return Object.fromEntries(
    [...pairs].map(([, name = "", value = ""]) => [unescapeXml(name), unescapeXml(value)]),
  );
}

function unescapeXml(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
