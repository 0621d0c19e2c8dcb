// Rules for whatever starts a container. Each returns what is wrong, in words.

const SECRET_NAME = /(KEY|PASSWORD|SECRET|TOKEN)$/;
/** `user:something@`, where the something isn't put in when it is started. */
const PASSWORD_IN_ADDRESS = /:\/\/[^/\s:@]*:(?!\$)[^/\s@]+@/;

export function findImageProblems(image: string): string[] {
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  if (tag === undefined) return [`image ${image} has no tag`];
  return /latest|stable|edge|nightly/.test(tag) ? [`image ${image} has a tag that moves`] : [];
}

/** A value that is taken from elsewhere (`$(NAME)`, `${NAME}`) is none. */
export function findSecretProblems(name: string, value: string): string[] {
  const isGiven = value !== "" && !value.startsWith("$");
  if (SECRET_NAME.test(name) && isGiven) return [`${name} has its value in the file`];
  return PASSWORD_IN_ADDRESS.test(value) ? [`${name} has a password in its address`] : [];
}
