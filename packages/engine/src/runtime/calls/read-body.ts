/**
 * The text of an answer, whole; null when it has more than `bytesMax` bytes, counted after decompression.
 * No more of it is read then, and the connection ends.
 */
export async function readBody(response: Response, bytesMax: number): Promise<string | null> {
  const { body, headers } = response;
  if (body === null) return "";
  const declaredBytes = headers.get("content-length");
  if (declaredBytes !== null && Number(declaredBytes) > bytesMax) {
    await body.cancel();
    return null;
  }
  // Most answers: HTTP holds them to the length that they declare, and this is the quickest way.
  if (declaredBytes !== null && !headers.has("content-encoding")) return response.text();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of body) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
