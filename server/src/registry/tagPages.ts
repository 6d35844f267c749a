// The tags of a repository, page by page.

import { isRecord } from "../base/record.ts";
import type { Lookup } from "./transport/exchange.ts";
import { nextLink } from "./transport/linkHeader.ts";
import { headerValue } from "./manifestAnswer.ts";
import { refuseStatus, type ManifestParts } from "./manifestLookup.ts";
import { RegistryError } from "./registryError.ts";
import { referenceProblem, type HostedRepository } from "./registryHost.ts";
import { parseJson } from "./transport/serverText.ts";
import type { AuthenticatedAnswer } from "./authentication/sendAuthenticated.ts";

/** The tags of a repository. */
export interface TagList {
  /** In the order in which people count: `1.9` before `1.10`. */
  readonly tags: readonly string[];
  /** Whether the registry has more than was read. */
  readonly truncated: boolean;
}

const maxPages = 20;
const maxTags = 20_000;
const maxPage = 4 * 1024 * 1024;
/** Amazon ECR refuses to give more at once. */
const perPage = 1000;

/**
 * Reads the tags of a repository, at most 20 pages and 20,000 tags; follows links inside the registry only.
 * Throws a `RegistryError` where the first page cannot be had; a later one that cannot makes the list shorter.
 */
export async function listTags(
  target: HostedRepository,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<TagList> {
  const base = `/v2/${target.host.pathPrefix}${target.repository}/tags/list`;
  const tags = new Set<string>();
  const seen = new Set<string>();
  let path: string | undefined = `${base}?n=${perPage}`;
  let truncated = false;
  while (path !== undefined && !truncated) {
    seen.add(path);
    const answer = await readPage(target, path, lookup, parts).catch((error: unknown) => {
      if (seen.size === 1 || !(error instanceof RegistryError)) throw error;
      return undefined;
    });
    if (answer === undefined) return sorted(tags, true);
    for (const tag of tagsOf(answer)) tags.add(tag);
    const next = nextPath(answer, base);
    truncated =
      answer.response.truncated ||
      (next !== undefined && (next === "elsewhere" || seen.has(next))) ||
      (next !== undefined && (seen.size >= maxPages || tags.size >= maxTags));
    path = next;
  }
  if (truncated) parts.log("info", `the tags of ${target.repository} are incomplete`);
  return sorted(tags, truncated);
}

async function readPage(
  target: HostedRepository,
  path: string,
  lookup: Lookup,
  parts: ManifestParts,
): Promise<AuthenticatedAnswer> {
  const headers = { accept: "application/json", "accept-encoding": "identity" };
  const request = { method: "GET", path, headers, maxBytes: maxPage } as const;
  const answer = await parts.send(target, request, lookup);
  refuseStatus(answer);
  return answer;
}

/** The names that are tags: lists hold nulls (Nexus), digests (Artifactory), and signatures' own tags (cosign). */
function tagsOf({ url, report, response }: AuthenticatedAnswer): readonly string[] {
  const text = new TextDecoder().decode(response.body);
  // An answer that was cut off is good up to its last whole name.
  const whole = response.truncated ? `${text.slice(0, text.lastIndexOf(","))}]}` : text;
  const json = parseJson(whole);
  const list = isRecord(json) ? (json["tags"] ?? []) : undefined;
  if (!Array.isArray(list)) {
    const problem = { kind: "invalid-response", reason: "unreadable", status: response.status };
    throw new RegistryError(
      { ...problem, kind: "invalid-response", reason: "unreadable" },
      url.host,
      report,
    );
  }
  return list.filter(
    (tag): tag is string =>
      typeof tag === "string" &&
      referenceProblem(tag) === undefined &&
      !/^sha256[-:_][0-9a-f]{64}/.test(tag),
  );
}

/** The next page's path and query; `elsewhere` if the link leads out of the registry. */
function nextPath({ url, response }: AuthenticatedAnswer, base: string): string | undefined {
  const link = nextLink(response.headers["link"] ?? []);
  if (link === undefined) return undefined;
  try {
    const target = new URL(link, url);
    // Artifactory's links lose the name of the virtual repository (RTFACT-18971): only their query is right.
    if (headerValue(response, "x-jfrog-version") !== undefined) return `${base}${target.search}`;
    return target.origin === url.origin ? `${target.pathname}${target.search}` : "elsewhere";
  } catch {
    return "elsewhere";
  }
}

function sorted(tags: ReadonlySet<string>, truncated: boolean): TagList {
  const { compare } = new Intl.Collator("en", { numeric: true });
  return { tags: [...tags].slice(0, maxTags).sort(compare), truncated };
}
