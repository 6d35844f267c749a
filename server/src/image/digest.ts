// Digests: what one looks like, and how a short one is shown.

/** Whether the text is a digest that Knative reads: `sha256:` and 64 lower-case hexadecimal digits. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** The digest cut to its algorithm and `length` hexadecimal digits, with `…` where something was cut. */
export function shortDigest(digest: string, length: number): string {
  const colon = digest.indexOf(":");
  const encoded = digest.slice(colon + 1);
  if (encoded.length <= length) return digest;
  return `${digest.slice(0, colon + 1)}${encoded.slice(0, length)}…`;
}
