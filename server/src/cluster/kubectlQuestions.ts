// The command lines of kubectl: values, and nothing but `get`.

/** The kinds whose resources are listed. */
const servingKinds = {
  Service: "services.serving.knative.dev",
  Configuration: "configurations.serving.knative.dev",
  Revision: "revisions.serving.knative.dev",
} as const;

export type ServingKind = keyof typeof servingKinds;

/** Inside the deadline of the program, so that kubectl can say itself that the cluster is slow. */
const requestTimeout = "4s";

/** The label of each Revision (serving pkg/apis/serving/register.go `ConfigurationLabelKey`). */
const configurationLabel = "serving.knative.dev/configuration";
/** The label of a Revision's pods (serving pkg/apis/serving/register.go `RevisionLabelKey`). */
const revisionLabel = "serving.knative.dev/revision";

/** More names than these are not selected: the list of all is shorter than asking for each. */
const maxSelected = 40;

/** Where a question goes. */
export interface QuestionPlace {
  /** Of the kubeconfig; empty for the current one. */
  readonly context: string;
  /** Empty for that of the context. */
  readonly namespace: string;
}

/** Asks for Knative's configuration, which also says its version. */
export function configQuestion(context: string): readonly string[] {
  return get("configmap", { context, namespace: "knative-serving" }, "config-deployment");
}

/** Asks for all resources of some kinds in a namespace at once. */
export function resourcesQuestion(
  kinds: readonly ServingKind[],
  place: QuestionPlace,
): readonly string[] {
  return get(kinds.map((kind) => servingKinds[kind]).join(","), place);
}

/** Asks for the Revisions of some Configurations; for all of the namespace where those are many. */
export function revisionsQuestion(
  configurations: readonly string[],
  place: QuestionPlace,
): readonly string[] {
  return get(servingKinds.Revision, place, ...selector(configurationLabel, configurations));
}

/** Asks for the pods of some Revisions: they alone say what a skipped tag became. */
export function podsQuestion(
  revisions: readonly string[],
  place: QuestionPlace,
): readonly string[] {
  return get("pods", place, ...selector(revisionLabel, revisions));
}

/** More of them are not asked for: each name is a request of its own. */
export const maxNamed = 20;

/** Asks for service accounts by their names; those that there are not are missing from the answer. */
export function accountsQuestion(
  names: readonly string[],
  place: QuestionPlace,
): readonly string[] {
  return byName("serviceaccounts", names, place);
}

/** Asks for Secrets that pods are pulled with, as for service accounts: by their names, never for all. */
export function secretsQuestion(names: readonly string[], place: QuestionPlace): readonly string[] {
  return byName("secrets", names, place);
}

function byName(
  resource: string,
  names: readonly string[],
  place: QuestionPlace,
): readonly string[] {
  return get(resource, place, ...[...names].sort(), "--ignore-not-found");
}

/** Whether a text may stand in a command line as a name: a DNS subdomain, as Kubernetes names are. */
export function isName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text);
}

function selector(label: string, values: readonly string[]): readonly string[] {
  if (values.length === 0 || values.length > maxSelected) return [];
  return [`--selector=${label} in (${[...values].sort().join(",")})`];
}

/** Values are joined to their options, so that one that begins with a dash is not an option. */
function get(
  resource: string,
  { context, namespace }: QuestionPlace,
  ...more: readonly string[]
): readonly string[] {
  return [
    ...["get", resource, ...more],
    ...(context === "" ? [] : [`--context=${context}`]),
    ...(namespace === "" ? [] : [`--namespace=${namespace}`]),
    ...[`--request-timeout=${requestTimeout}`, "-o", "json"],
  ];
}
