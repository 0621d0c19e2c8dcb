import { createReadStream } from "node:fs";

/** Reads the file once, in pieces, so that a film does not have to fit into memory. */
export async function sha256File(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }))
    hasher.update(piece);
  return hasher.digest("hex");
}
