// URLs as Go's net/url reads them, as far as registry keys of a pull secret need it.

import { quote } from "./goText.ts";

export interface GoUrl {
  readonly kind: "url";
  /** Host and port, escapes resolved. */
  readonly host: string;
  /** Path with its slash, escapes resolved; empty if there is none. Query and fragment are dropped. */
  readonly path: string;
}

/** Go's words, `parse "…": …`. They show the URL, a user name and a password in it left out. */
export interface GoUrlError {
  readonly kind: "error";
  readonly message: string;
}

/** Thrown and caught inside this file only: parsing yields a value. */
class Refusal extends Error {}

/**
 * `url.Parse` for a URL that begins with `https://` or `http://`. Unlike WHATWG's parser it keeps case, default ports
 * and odd characters, and takes what browsers refuse.
 */
export function parseGoUrl(text: string): GoUrl | GoUrlError {
  const [url = ""] = text.split("#");
  const parsed = refusing(url, () => parseParts(url));
  if (parsed.kind === "error") return parsed;
  // The error of a fragment shows the whole text, every other error the part before it.
  return refusing(text, () => {
    unescape(text.slice(url.length), false);
    return parsed;
  });
}

function refusing(shown: string, parse: () => GoUrl): GoUrl | GoUrlError {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "error", message: `parse ${quote(withoutUserInfo(shown))}: ${error.message}` };
  }
}

function parseParts(url: string): GoUrl {
  // eslint-disable-next-line no-control-regex -- control characters are what Go refuses here.
  if (/[\u0000-\u001f\u007f]/.test(url)) {
    throw new Refusal("net/url: invalid control character in URL");
  }
  const [, authority = "", path = ""] = /^https?:\/\/([^/?]*)([^?]*)/.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1));
  if (at >= 0) checkUserInfo(authority.slice(0, at));
  return { kind: "url", host, path: unescape(path, false) };
}

/** The URL, or the key without a scheme, with `***` in the place of a user name and a password. */
export function withoutUserInfo(url: string): string {
  return url.replace(/^((?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/)?[^/?#]*@/, "$1***@");
}

function parseHost(host: string): string {
  const bracket = host.startsWith("[");
  const close = host.lastIndexOf("]");
  if (bracket && close < 0) throw new Refusal("missing ']' in host");
  const colon = host.lastIndexOf(":");
  const port = bracket ? host.slice(close + 1) : colon < 0 ? "" : host.slice(colon);
  if (!/^(?::\d*)?$/.test(port)) throw new Refusal(`invalid port ${quote(port)} after host`);
  return unescape(host, true);
}

/** Which characters a user name and a password may have unescaped (RFC 3986 §3.2.1, as Go reads it). */
function checkUserInfo(text: string): void {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text)) {
    throw new Refusal("net/url: invalid userinfo");
  }
  unescape(text, false);
}

/** Resolves `%XX`. In a host Go allows only bytes outside ASCII and `%25` to be escaped, and refuses some characters. */
function unescape(text: string, inHost: boolean): string {
  for (const [found] of text.matchAll(inHost ? /%.{0,2}|[ \\^`{|}]/gsu : /%.{0,2}/gsu)) {
    if (!found.startsWith("%")) throw new Refusal(`invalid character ${quote(found)} in host name`);
    const ascii = inHost && /^%[0-7]/.test(found) && found !== "%25";
    if (ascii || !/^%[0-9a-fA-F]{2}$/.test(found)) {
      throw new Refusal(`invalid URL escape ${quoteStart(found)}`);
    }
  }
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, decodeEscapes);
}

/** The first three bytes, which is what Go shows of an escape: a character that they cut apart as its bytes. */
function quoteStart(text: string): string {
  const bytes = new TextEncoder().encode(text).subarray(0, 3);
  const whole = new TextDecoder().decode(bytes, { stream: true });
  const rest = bytes.subarray(new TextEncoder().encode(whole).length);
  const cut = Array.from(rest, (byte) => `\\x${byte.toString(16)}`).join("");
  return `${quote(whole).slice(0, -1)}${cut}"`;
}

function decodeEscapes(escapes: string): string {
  const bytes = Uint8Array.from(escapes.slice(1).split("%"), (hex) => parseInt(hex, 16));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
