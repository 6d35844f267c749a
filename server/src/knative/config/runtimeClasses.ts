// The value of `runtime-class-name`: YAML that maps runtime classes to label selectors.

import { isRecord } from "../../base/record.ts";
import { quote } from "../go/goText.ts";

/** What a YAML parser says of a text: its value as JSON would hold it, or what is wrong with it. */
export type YamlResult =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly message: string };

const name = "runtime-class-name";
const classesType = "map[string]deployment.RuntimeClassNameLabelSelector";
const selectorType = "deployment.RuntimeClassNameLabelSelector";

/**
 * Knative's words for what is wrong with the value; undefined if it takes it (pkg/deployment/config.go).
 * Of several wrong classes or labels the first in the alphabet is named; Knative picks one at random.
 * @param parsed the value, read as YAML.
 */
export function runtimeClassesProblem(parsed: YamlResult): string | undefined {
  if (parsed.kind === "error") return unparsed(`error converting YAML to JSON: ${parsed.message}`);
  if (parsed.value === null || parsed.value === undefined) return undefined;
  if (!isRecord(parsed.value))
    return unparsed(mistyped(parsed.value, `value of type ${classesType}`));
  // Go decodes the whole value before it looks at a single name, and JSON has sorted the names for it.
  const classes = Object.entries(parsed.value).sort(([one], [other]) => (one < other ? -1 : 1));
  const mistake = classes.map(([, rule]) => shapeProblem(rule)).find((one) => one !== undefined);
  if (mistake !== undefined) return unparsed(mistake);
  for (const [runtimeClass, rule] of classes) {
    const warnings = subdomainProblems(runtimeClass, "characters");
    if (warnings.length > 0) {
      return `${name} ${runtimeClass} selector not valid DNSSubdomain: [${warnings.join(" ")}]`;
    }
    const label = selectorProblem(selectorOf(rule));
    if (label !== undefined) return `${name} ${runtimeClass} selector invalid: ${label}`;
  }
  return undefined;
}

function unparsed(message: string): string {
  return `${name} cannot be parsed, please check the format: ${message}`;
}

/** encoding/json's words, behind those of sigs.k8s.io/yaml. */
function mistyped(value: unknown, expected: string): string {
  return `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonType(value)} into Go ${expected}`;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value;
}

function shapeProblem(rule: unknown): string | undefined {
  if (rule === null || rule === undefined) return undefined;
  if (!isRecord(rule)) return mistyped(rule, `value of type ${selectorType}`);
  const field = "struct field RuntimeClassNameLabelSelector.selector of type";
  for (const selector of selectorsOf(rule)) {
    if (selector === null || selector === undefined) continue;
    if (!isRecord(selector)) return mistyped(selector, `${field} map[string]string`);
    // Scalars become strings, so that an unquoted `yes` is accepted.
    const wrong = Object.values(selector).find(
      (value) => typeof value === "object" && value !== null,
    );
    if (wrong !== undefined) return mistyped(wrong, `${field} string`);
  }
  return undefined;
}

/** What stands under `selector`, in the order in which Go lays it over each other: it takes `Selector`, too. */
function selectorsOf(rule: unknown): readonly unknown[] {
  const fields = isRecord(rule) ? Object.entries(rule).sort() : [];
  return fields.flatMap(([key, value]) => (/^selector$/iu.test(key) ? [value] : []));
}

function selectorOf(rule: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    selectorsOf(rule).flatMap((selector) => (isRecord(selector) ? Object.entries(selector) : [])),
  );
}

/** A label's value as the text that sigs.k8s.io/yaml makes of a scalar. */
function labelText(value: unknown): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
}

const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const labelKey = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const labelKeyWords =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${labelKey}')`;

/** Kubernetes' `IsDNS1123Subdomain`, of which there are two that count bytes and only call them otherwise. */
function subdomainProblems(text: string, counted: "bytes" | "characters"): readonly string[] {
  return [
    ...(utf8Length(text) > 253 ? [`must be no more than 253 ${counted}`] : []),
    ...(matches(subdomain, text)
      ? []
      : [
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
            `and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
        ]),
  ];
}

/** Kubernetes' `labels.ValidatedSelectorFromSet`. */
function selectorProblem(selector: Readonly<Record<string, unknown>>): string | undefined {
  for (const [key, raw] of Object.entries(selector)) {
    const value = labelText(raw);
    const keyProblems = labelKeyProblems(key);
    const valueProblems = labelValueProblems(value);
    const errors = [
      ...(keyProblems.length > 0 ? [`key: ${invalid(key, keyProblems)}`] : []),
      ...(valueProblems.length > 0 ? [`values[0][${key}]: ${invalid(value, valueProblems)}`] : []),
    ];
    if (errors.length > 0) return errors.length === 1 ? errors[0] : `[${errors.join(", ")}]`;
  }
  return undefined;
}

function invalid(value: string, problems: readonly string[]): string {
  return `Invalid value: ${quote(value)}: ${problems.join("; ")}`;
}

/** Kubernetes' `IsLabelKey`. */
function labelKeyProblems(text: string): readonly string[] {
  const parts = text.split("/");
  if (parts.length > 2) {
    return [
      `a valid label key ${labelKeyWords} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const last = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const prefixProblems =
    prefix === undefined
      ? []
      : prefix === ""
        ? ["must be non-empty"]
        : subdomainProblems(prefix, "bytes");
  return [
    ...prefixProblems.map((problem) => `prefix part ${problem}`),
    ...(last === "" ? ["name part must be non-empty"] : []),
    ...(utf8Length(last) > 63 ? ["name part must be no more than 63 bytes"] : []),
    ...(matches(labelKey, last) ? [] : [`name part ${labelKeyWords}`]),
  ];
}

/** Kubernetes' `IsLabelValue`. */
function labelValueProblems(text: string): readonly string[] {
  const form = `(${labelKey})?`;
  return [
    ...(utf8Length(text) > 63 ? ["must be no more than 63 bytes"] : []),
    ...(matches(form, text)
      ? []
      : [
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', " +
            "and must start and end with an alphanumeric character " +
            `(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${form}')`,
        ]),
  ];
}

function matches(form: string, text: string): boolean {
  return new RegExp(`^(?:${form})$`).test(text);
}

/** Go counts bytes of UTF-8. */
function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
