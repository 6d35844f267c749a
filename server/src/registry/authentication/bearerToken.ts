// What a token endpoint answers: the token, and how long it may be used.

import { isRecord } from "../../base/record.ts";
import { parseTime } from "../transport/retryAfter.ts";
import { parseJson } from "../transport/serverText.ts";

/** A token as the endpoint gave it. */
export interface TokenAnswer {
  readonly token: string;
  /** How long it may be used, in milliseconds from when it came. */
  readonly lifeMs: number;
  /** Every token of the answer, of which others are of no use here and secret nevertheless. */
  readonly issued: readonly string[];
}

const maxTokenLength = 16 * 1024;
/** A token without `expires_in` lives 60 seconds (distribution's token specification). */
const shortestLife = 60;
const longestLife = 3600;

/**
 * Reads a token endpoint's answer; undefined if it holds no usable token.
 * `access_token` wins over `token`. The token is never parsed: not all are JWTs.
 * @param now milliseconds since 1970 on this machine.
 */
export function parseTokenAnswer(body: Uint8Array, now: number): TokenAnswer | undefined {
  const json = parseJson(new TextDecoder().decode(body));
  if (!isRecord(json)) return undefined;
  const token = usableToken(json["access_token"]) ?? usableToken(json["token"]);
  if (token === undefined) return undefined;
  const issued = Object.entries(json)
    .filter(([name]) => /token$/i.test(name))
    .map(([, value]) => value);
  return {
    token,
    lifeMs: lifeOf(json, now),
    issued: issued.filter((one) => typeof one === "string"),
  };
}

/** Text that is safe in a header: visible ASCII, of bounded length. */
export function usableToken(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > maxTokenLength) return undefined;
  return /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

/** The skew of a tenth, at most ten seconds, is taken off so that no request carries a token that dies on its way. */
function lifeOf(json: Record<string, unknown>, now: number): number {
  const stated = Number(json["expires_in"] ?? shortestLife);
  const seconds = Math.min(
    Math.max(Number.isFinite(stated) ? stated : 0, shortestLife),
    longestLife,
  );
  const issuedAt = json["issued_at"];
  const issued = typeof issuedAt === "string" ? parseTime(issuedAt) : undefined;
  // A time in the future, or so long ago that the token is dead already, shows that the clocks differ.
  const age = issued === undefined ? 0 : now - issued;
  const used = age > 0 && age < seconds * 1000 ? age : 0;
  return seconds * 1000 - used - Math.min(10_000, seconds * 100);
}
