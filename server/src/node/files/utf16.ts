// Tells UTF-16 by its bytes: files that Windows writes, and that nobody here reads.

/**
 * The text of bytes in UTF-16: with its byte order mark, as PowerShell writes it, or where every other byte of the first
 * eight is zero, as YAML tells it (YAML 1.2.2 §5.2). Undefined for other bytes.
 */
export function utf16Text(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  const isZero = (from: number): boolean =>
    bytes.length >= 8 && [0, 2, 4, 6].every((at) => bytes[at + from] === 0);
  const isLittle = (first === 0xff && second === 0xfe) || (isZero(1) && !isZero(0));
  const isBig = (first === 0xfe && second === 0xff) || (isZero(0) && !isZero(1));
  if (isLittle) return new TextDecoder("utf-16le").decode(bytes);
  return isBig ? new TextDecoder("utf-16be").decode(bytes) : undefined;
}
