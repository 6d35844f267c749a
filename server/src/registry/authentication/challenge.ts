// Parses `WWW-Authenticate`: which authentication a registry demands.

/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string;
  /** By lower-case name; the first value of a name stands. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Limits against headers made to hurt. */
const maxHeaderLength = 8 * 1024;
const maxChallenges = 8;
const maxParameters = 16;
const maxRealmLength = 2 * 1024;

/**
 * The challenges of all `WWW-Authenticate` header lines (RFC 9110 §11.6.1), several of which may stand in one line.
 * A challenge that cannot be read is left out together with what follows it in its line.
 */
export function parseChallenges(lines: readonly string[]): readonly Challenge[] {
  const challenges = lines.flatMap((line) =>
    line.length > maxHeaderLength ? [] : parseLine(line),
  );
  return challenges.slice(0, maxChallenges);
}

/** The challenge to answer: the first Bearer one that names a realm, else the first Basic one. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(isUsableBearer) ?? challenges.find(({ scheme }) => scheme === "basic");
}

function isUsableBearer({ scheme, parameters }: Challenge): boolean {
  const realm = parameters.get("realm") ?? "";
  return scheme === "bearer" && realm !== "" && realm.length <= maxRealmLength;
}

/**
 * The scopes of a challenge. Names may hold spaces inside nothing: a space separates scopes.
 * Scopes that follow no rule (`aws`, `*`) are kept as they are.
 */
export function challengeScopes(challenge: Challenge): readonly string[] {
  const scopes = (challenge.parameters.get("scope") ?? "").split(" ").filter((one) => one !== "");
  return scopes.filter((scope) => /^[\x21-\x7e]{1,512}$/.test(scope)).slice(0, 4);
}

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const whitespace = /[ \t]*/y;
const separators = /[ \t,]*/y;
const token68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y;
const equals = /[ \t]*=[ \t]*/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;

/** Each pattern is anchored where the last one ended and reads ahead at most once, so reading is linear. */
function createScanner(text: string): (pattern: RegExp) => string | undefined {
  let at = 0;
  return (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    at = pattern.lastIndex;
    return match[1] ?? match[0];
  };
}

function parseLine(line: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const read = createScanner(line);
  for (;;) {
    read(separators);
    const name = read(token);
    if (name === undefined) return challenges;
    const current = challenges.at(-1);
    if (read(equals) !== undefined) {
      // After a comma, `name =` is a parameter of the challenge before it.
      const value = read(quoted)?.replace(/\\(.)/g, "$1") ?? read(token);
      if (current === undefined || value === undefined) return challenges.slice(0, -1);
      addParameter(current.parameters, name, value);
    } else {
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
      read(whitespace);
      // `Negotiate YII…=`: a value without a name, of no use here.
      read(token68);
    }
  }
}

function addParameter(parameters: Map<string, string>, name: string, value: string): void {
  const key = name.toLowerCase();
  if (parameters.size < maxParameters && !parameters.has(key)) parameters.set(key, value);
}
