// A Kubernetes API server on loopback, as much of it as kubectl needs to read: discovery, get, list in pages, refusals.

import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

export type Resource = Readonly<Record<string, unknown>>;

/** What goes wrong with one kind of resource. */
export type Fault =
  | 401
  | 403
  /** The second page of a list is refused as too old. */
  | 410
  /** No answer. */
  | "slow"
  /** More than anybody should read. */
  | "huge"
  /** The connection ends within the answer. */
  | "cut-off";

export interface ClusterContents {
  /** By plural: `services`, `configurations`, `revisions`, `pods`, `configmaps`, `secrets`, `serviceaccounts`. */
  readonly resources: Readonly<Record<string, readonly Resource[]>>;
  readonly faults?: Readonly<Record<string, Fault>>;
  /** The version of the API group; null where Knative is not installed. */
  readonly serving?: "v1" | "v1beta1" | null;
  /** The user's token in the kubeconfig. */
  readonly token?: string;
}

export interface ClusterDouble {
  /** A kubeconfig with the contexts `test` (current) and `other`. */
  readonly kubeconfig: string;
  /** Each request that was no discovery: its path and query. */
  readonly requests: readonly string[];
  /** The requests that wait for an answer that never comes, as their places in `requests`. */
  readonly held: ReadonlySet<number>;
  stop(): Promise<void>;
}

/**
 * Starts one.
 * @param folder where its kubeconfig goes
 * @param contentsNow is asked at each request
 */
export async function startCluster(
  folder: string,
  contentsNow: () => ClusterContents,
): Promise<ClusterDouble> {
  const requests: string[] = [];
  const held = new Set<number>();
  const server = createServer((request, response) => {
    answer(request, response, { contents: contentsNow(), requests, held });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = path.join(folder, "kubeconfig");
  await mkdir(folder, { recursive: true });
  await writeFile(kubeconfig, kubeconfigFor(`http://127.0.0.1:${port}`, contentsNow().token));
  return {
    kubeconfig,
    requests,
    held,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function kubeconfigFor(server: string, token = "token-of-the-test"): string {
  const context = { cluster: "double", user: "me", namespace: "default" };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "double", cluster: { server } }],
    users: [{ name: "me", user: { token } }],
    contexts: ["test", "other"].map((name) => ({ name, context })),
    "current-context": "test",
  });
}

interface World {
  readonly contents: ClusterContents;
  readonly requests: string[];
  readonly held: Set<number>;
}

const plurals: Readonly<Record<string, string>> = {
  ...{ services: "Service", configurations: "Configuration", revisions: "Revision" },
  ...{ pods: "Pod", configmaps: "ConfigMap", secrets: "Secret", serviceaccounts: "ServiceAccount" },
};

const servingPlurals = ["services", "configurations", "revisions"];

function answer(request: IncomingMessage, response: ServerResponse, world: World): void {
  const url = new URL(request.url ?? "/", "http://double");
  const found = discovery(url.pathname, world.contents);
  if (found !== undefined) {
    send(response, 200, found);
    return;
  }
  world.requests.push(`${url.pathname}${url.search}`);
  const match =
    /^\/(?:api\/v1|apis\/serving\.knative\.dev\/[^/]+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(
      url.pathname,
    );
  if (request.method !== "GET" || match === null) {
    send(response, 404, status(404, "NotFound"));
    return;
  }
  const [, namespace = "", plural = "", name] = match;
  const query = { namespace, plural, name, url };
  const fault = world.contents.faults?.[plural];
  if (fault === "slow") hold(response, world);
  if (fault !== undefined && sendFault(response, fault, query)) return;
  sendResources(response, world.contents.resources[plural] ?? [], query);
}

interface Query {
  readonly namespace: string;
  readonly plural: string;
  readonly name: string | undefined;
  readonly url: URL;
}

/** Keeps the latest request without an answer, until whoever sent it gives up. */
function hold(response: ServerResponse, { requests, held }: World): void {
  const place = requests.length - 1;
  held.add(place);
  response.on("close", () => held.delete(place));
}

/** @returns whether there is nothing more to say */
function sendFault(
  response: ServerResponse,
  fault: Fault,
  { plural, namespace, url }: Query,
): boolean {
  switch (fault) {
    case 401:
      send(response, 401, status(401, "Unauthorized", "Unauthorized"));
      return true;
    case 403: {
      const group = servingPlurals.includes(plural) ? "serving.knative.dev" : "";
      const what = `${plural}${group === "" ? "" : `.${group}`}`;
      const words = `${what} is forbidden: User "me" cannot list resource "${plural}" in API group "${group}" in the namespace "${namespace}"`;
      send(response, 403, status(403, "Forbidden", words));
      return true;
    }
    case 410:
      if (!url.searchParams.has("continue")) return false;
      send(
        response,
        410,
        status(
          410,
          "Expired",
          "The provided continue parameter is too old to display a consistent list result.",
        ),
      );
      return true;
    case "slow":
      return true;
    case "huge":
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ ...listOf(plural, []), items: [{ big: "x".repeat(10 * 1024 * 1024) }] }),
      );
      return true;
    case "cut-off":
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write('{"kind":"List","items":[');
      setImmediate(() => response.destroy());
      return true;
  }
}

function sendResources(
  response: ServerResponse,
  all: readonly Resource[],
  { namespace, plural, name, url }: Query,
): void {
  const own = all.filter((each) => metadataOf(each)["namespace"] === namespace);
  if (name !== undefined) {
    const found = own.find((each) => metadataOf(each)["name"] === name);
    const missing = status(404, "NotFound", `${plural} "${name}" not found`);
    send(response, found === undefined ? 404 : 200, found ?? missing);
    return;
  }
  const selected = own.filter((each) => isSelected(each, url.searchParams.get("labelSelector")));
  const limit = Number(url.searchParams.get("limit") ?? 0) || selected.length;
  const from = Number(url.searchParams.get("continue") ?? 0);
  const rest = selected.length - from - limit;
  const more = rest > 0 ? { continue: String(from + limit), remainingItemCount: rest } : {};
  send(response, 200, {
    ...listOf(plural, selected.slice(from, from + limit)),
    metadata: { resourceVersion: "1", ...more },
  });
}

function listOf(plural: string, items: readonly Resource[]): Resource {
  const isServing = servingPlurals.includes(plural);
  const apiVersion = isServing ? "serving.knative.dev/v1" : "v1";
  return { kind: `${plurals[plural] ?? ""}List`, apiVersion, metadata: {}, items };
}

/** `label in (a,b)`, which is all that is asked. */
function isSelected(resource: Resource, selector: string | null): boolean {
  if (selector === null || selector === "") return true;
  const match = /^([^ ]+) in \(([^)]*)\)$/.exec(selector);
  const labels = (metadataOf(resource)["labels"] ?? {}) as Resource;
  return match?.[2]?.split(",").includes(String(labels[match[1] ?? ""])) === true;
}

function metadataOf(resource: Resource): Resource {
  return (resource["metadata"] ?? {}) as Resource;
}

function discovery(at: string, { serving = "v1" }: ClusterContents): Resource | undefined {
  const of = (name: string): Resource => ({
    ...{ name, singularName: name.slice(0, -1), namespaced: true, kind: plurals[name] },
    verbs: ["get", "list"],
  });
  const version = { groupVersion: `serving.knative.dev/${serving}`, version: serving };
  const group = {
    name: "serving.knative.dev",
    versions: [version],
    preferredVersion: version,
  };
  switch (at) {
    case "/version":
      return { major: "1", minor: "32", gitVersion: "v1.32.0" };
    case "/api":
      return { kind: "APIVersions", versions: ["v1"] };
    case "/apis":
      return { kind: "APIGroupList", apiVersion: "v1", groups: serving === null ? [] : [group] };
    case "/api/v1":
      return {
        ...{ kind: "APIResourceList", groupVersion: "v1" },
        resources: Object.keys(plurals)
          .filter((plural) => !servingPlurals.includes(plural))
          .map(of),
      };
    case `/apis/serving.knative.dev/${serving}`:
      return {
        ...{ kind: "APIResourceList", groupVersion: version.groupVersion },
        resources: servingPlurals.map(of),
      };
    default:
      return undefined;
  }
}

function status(code: number, reason: string, message = reason): Resource {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    code,
  };
}

function send(response: ServerResponse, code: number, body: Resource): void {
  response.writeHead(code, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
