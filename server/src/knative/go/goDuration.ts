// Go's durations: `time.ParseDuration` and how Go prints one.

/** What Go's parser says: the duration in nanoseconds, or its error, word for word. */
export type DurationResult =
  | { readonly kind: "duration"; readonly nanoseconds: bigint }
  | { readonly kind: "error"; readonly message: string };

const units: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  // U+00B5, the micro sign, and U+03BC, the Greek letter.
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);

const limit = 1n << 63n;

/** `time.ParseDuration`: a sign and numbers with units (`1m30.5s`), or `0`. Nothing is trimmed. */
export function parseDuration(text: string): DurationResult {
  const invalid = failed(`time: invalid duration ${quoteBytes(text)}`);
  const negative = text.startsWith("-");
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === "0") return { kind: "duration", nanoseconds: 0n };
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const term = leadingTerm(rest);
    if (term.kind === "malformed") return invalid;
    if (term.kind === "no-unit") {
      return failed(`time: missing unit in duration ${quoteBytes(text)}`);
    }
    if (term.kind === "unknown-unit") {
      return failed(`time: unknown unit ${quoteBytes(term.unit)} in duration ${quoteBytes(text)}`);
    }
    total += term.nanoseconds;
    if (total > limit) return invalid;
    rest = rest.slice(term.length);
  }
  if (negative) return { kind: "duration", nanoseconds: -total };
  return total === limit ? invalid : { kind: "duration", nanoseconds: total };
}

function failed(message: string): DurationResult {
  return { kind: "error", message };
}

type Term =
  | { readonly kind: "term"; readonly nanoseconds: bigint; readonly length: number }
  | { readonly kind: "malformed" }
  | { readonly kind: "no-unit" }
  | { readonly kind: "unknown-unit"; readonly unit: string };

/** One number and its unit at the start of the text. A number too large is reported before its unit, as Go does. */
function leadingTerm(text: string): Term {
  const [number = "", integer = "", fraction = ""] = /^(\d*)(?:\.(\d*))?/.exec(text) ?? [];
  if (integer === "" && fraction === "") return { kind: "malformed" };
  const value = BigInt(integer === "" ? 0 : integer);
  if (value > limit) return { kind: "malformed" };
  const unit = /^[^.\d]*/.exec(text.slice(number.length))?.[0] ?? "";
  if (unit === "") return { kind: "no-unit" };
  const scale = units.get(unit);
  if (scale === undefined) return { kind: "unknown-unit", unit };
  const nanoseconds = value * scale + fractionOf(fraction, scale);
  return { kind: "term", nanoseconds, length: number.length + unit.length };
}

/**
 * Go's `leadingFraction` and its use: digits beyond what 63 bits hold are dropped, the product is a float. Go also drops
 * the digit that passes the limit by one, which no float tells apart.
 */
function fractionOf(digits: string, unit: bigint): bigint {
  let fraction = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (fraction > (limit - 1n) / 10n) break;
    fraction = fraction * 10n + BigInt(digit);
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(fraction) * (Number(unit) / scale)));
}

/** Package time's own quoting: every byte outside printable ASCII as `\xNN`. */
function quoteBytes(text: string): string {
  const quoted = Array.from(new TextEncoder().encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") return `\\${character}`;
    return byte >= 0x20 && byte < 0x80 ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `"${quoted.join("")}"`;
}

/** The duration as Go prints it (`Duration.String`): `1h0m10.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds === 0n) return "0s";
  if (nanoseconds < 1_000n) return `${nanoseconds.toString()}ns`;
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${decimal(nanoseconds, 6)}ms`;
  const minutes = nanoseconds / 60_000_000_000n;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  const hours = minutes / 60n;
  const afterHours = `${(minutes % 60n).toString()}m${seconds}`;
  return hours === 0n ? afterHours : `${hours.toString()}h${afterHours}`;
}

/** A number of 10⁻ⁿ as a decimal without zeros at its end. */
function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const whole = digits.slice(0, -places);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
