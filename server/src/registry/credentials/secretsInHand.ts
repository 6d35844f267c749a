// The secrets that this process holds, and whether a text that others wrote says one of them back.

import type { Log } from "../../environment.ts";

/** What of a secret was seen is not kept longer than the process lives, and never written. */
export interface SecretsInHand {
  /** Remembers a secret that was read, received or is about to be sent. */
  add(secret: string): void;
  /**
   * Whether a text says a secret back: as a whole, or eight characters of it in a row, in whatever case, as it is, in
   * base64, or URL-encoded. Time grows with the length of the text.
   * @param known what everybody may see anyway, as the name of the image: what stands in it, too, gives nothing away
   */
  areIn(text: string, known?: string): boolean;
}

/** Longer parts of a secret in a row give it away. */
const pieceLength = 8;
/** Shorter secrets are words that stand in any text. */
const shortest = 4;
/** Longer ones are tokens, of which base64 is found by decoding the text. */
const longestEncoded = 512;
/** Characters that are remembered: some hundred tokens, or thousands of passwords. The oldest are forgotten. */
const maxCharacters = 1024 * 1024;
/** Bits of the index. With the most characters one in ten of its answers is wrong, and is found out by a search. */
const indexBits = 23;
const indexMask = 2 ** indexBits - 1;
/** In every text, and also in the keys of service accounts. */
const everywhere = "https://http://";

/** Drops a log line that contains a secret, wherever it came from. */
export function logWithoutSecrets(log: Log, secrets: Pick<SecretsInHand, "areIn">): Log {
  return (level, message) => {
    log(level, secrets.areIn(message) ? "(a line that held a secret was left out)" : message);
  };
}

export function createSecretsInHand(): SecretsInHand {
  /** By secret the forms in which it could be said, in lower case; the oldest first. */
  const kept = new Map<string, readonly string[]>();
  let characters = 0;
  let index: Uint8Array | undefined;
  let flat: readonly string[] | undefined;
  const allForms = (): readonly string[] => (flat ??= [...kept.values()].flat());

  const forget = (secret: string): void => {
    characters -= lengthOf(kept.get(secret) ?? []);
    kept.delete(secret);
    flat = undefined;
  };
  const note = (forms: readonly string[]): void => {
    index ??= new Uint8Array(2 ** (indexBits - 3));
    for (const form of forms) {
      for (let at = 0; at + pieceLength <= form.length; at += 1) {
        for (const bit of bitsOf(form, at))
          index[bit >> 3] = (index[bit >> 3] ?? 0) | (1 << (bit & 7));
      }
    }
  };
  const addOne = (secret: string): void => {
    if (secret.length < shortest || secret.length > maxCharacters / 4) return;
    const forms = kept.get(secret) ?? formsOf(secret);
    if (!kept.has(secret)) note(forms);
    forget(secret);
    kept.set(secret, forms);
    characters += lengthOf(forms);
    if (characters <= maxCharacters) return;
    for (const oldest of kept.keys()) {
      if (characters <= maxCharacters / 2) break;
      forget(oldest);
    }
    index = undefined;
    for (const others of kept.values()) note(others);
  };
  const holds = (text: string, known: string): boolean => {
    // A text may repeat what the index takes for a secret: it is searched for once.
    const clean = new Set<string>();
    for (let at = 0; index !== undefined && at + pieceLength <= text.length; at += 1) {
      const [one, other] = bitsOf(text, at);
      if (!isSet(index, one) || !isSet(index, other)) continue;
      const piece = text.slice(at, at + pieceLength);
      if (clean.has(piece)) continue;
      if (!known.includes(piece) && allForms().some((form) => form.includes(piece))) return true;
      clean.add(piece);
    }
    const isSaid = (form: string): boolean =>
      form.length < pieceLength && text.includes(form) && !known.includes(form);
    return allForms().some(isSaid);
  };

  return {
    add(secret) {
      for (const one of secretParts(secret)) addOne(one);
    },
    areIn(text, known = "") {
      if (kept.size === 0) return false;
      const public_ = `${everywhere} ${known}`.toLowerCase();
      return readingsOf(text).some((reading) => holds(reading.toLowerCase(), public_));
    },
  };
}

function lengthOf(forms: readonly string[]): number {
  return forms.reduce((sum, { length }) => sum + length, 0);
}

/** Two places of the index for the piece that begins there. */
function bitsOf(text: string, start: number): readonly [number, number] {
  let hash = 0x811c9dc5;
  for (let at = start; at < start + pieceLength; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  const other = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return [(hash ^ (hash >>> 13)) & indexMask, (other ^ (other >>> 12)) & indexMask];
}

function isSet(index: Uint8Array, bit: number): boolean {
  return ((index[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
}

/** Most of a service account's JSON key is not secret: only the values of its key fields are. */
function secretParts(secret: string): readonly string[] {
  if (!secret.trimStart().startsWith("{")) return secret.split(/[\r\n]+/);
  try {
    const members = Object.entries(JSON.parse(secret) as Record<string, unknown>);
    const secretNames = /key|secret|token|password/i;
    const values = members.filter(([name]) => secretNames.test(name)).map(([, value]) => value);
    const texts = values.filter((value) => typeof value === "string");
    return texts.flatMap((text) => text.split(/[\r\n]+/)).filter((line) => !line.startsWith("--"));
  } catch {
    return [secret];
  }
}

/** In lower case. */
function formsOf(secret: string): readonly string[] {
  const base64 = secret.length <= longestEncoded ? base64Forms(secret) : [];
  const forms = [secret, urlEncoded(secret), ...base64];
  return [...new Set(forms.map((form) => form.toLowerCase()))].filter(
    ({ length }) => length >= shortest,
  );
}

/** What base64 makes of the secret wherever it stands in a text: behind `user:`, for example. */
function base64Forms(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from("\0".repeat(before) + secret, "utf8").toString("base64");
    // The characters at both ends also depend on what stands there.
    const whole = encoded.slice(before === 0 ? 0 : before + 1).replace(/.={1,2}$/, "");
    return [whole, whole.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function urlEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text as it is, and decoded in each known way. */
function readingsOf(text: string): readonly string[] {
  const runs = text.match(/[A-Za-z0-9+/_-]{11,}/g) ?? [];
  // A base64 text may begin at one of four places of a run.
  const decoded = [0, 1, 2, 3].map((skip) =>
    runs.map((run) => Buffer.from(run.slice(skip), "base64").toString("latin1")).join("\n"),
  );
  const plain = text.includes("%")
    ? [text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))]
    : [];
  return [text, ...plain, ...(runs.length === 0 ? [] : decoded)];
}
