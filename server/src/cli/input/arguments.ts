// The command line's grammar: verbs, options, help.

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { defaultSettings, type PinStyle, type Severity } from "../../settings.ts";
import { parseDuration } from "../../knative/go/goDuration.ts";

export type Verb = "check" | "pin" | "update" | "unpin" | "list" | "resolve" | "explain";

const everyVerbsFormats = ["text", "json"] as const;
/** Those that only findings have. */
const checkFormats = ["sarif", "github"] as const;
export type OutputFormat = (typeof everyVerbsFormats | typeof checkFormats)[number];

/** Whether a verb has a form of output. */
export function hasFormat(verb: Verb, format: OutputFormat): boolean {
  return verb === "check" || everyVerbsFormats.some((each) => each === format);
}

/** The options as given; an option that was not given is undefined. */
export interface CommandOptions {
  readonly output?: OutputFormat;
  readonly offline?: boolean;
  readonly failOn?: Severity | "never";
  readonly skipRegistries?: string;
  readonly pinStyle?: PinStyle;
  readonly diff?: boolean;
  /** Milliseconds. */
  readonly minAge?: number;
  readonly cluster?: boolean;
  readonly fromCluster?: boolean;
  /** Of the kubeconfig. */
  readonly context?: string;
  readonly jobs?: number;
  readonly timeout?: number;
  readonly caFile?: string;
  readonly insecure?: readonly string[];
  readonly config?: string;
  readonly kubernetesWorkloads?: boolean;
  readonly exclude?: readonly string[];
  readonly pullSecret?: readonly string[];
  readonly verbose?: boolean;
  readonly color?: boolean;
}

export interface CommandCall {
  readonly verb: Verb;
  /** Paths or images, as given. */
  readonly operands: readonly string[];
  readonly options: CommandOptions;
}

/** A call; or a note that help or the version, or a usage error, has been written. */
export type ParsedArguments =
  | { readonly kind: "call"; readonly call: CommandCall }
  | { readonly kind: "answered" }
  | { readonly kind: "misused" };

interface VerbGrammar {
  readonly verb: Verb;
  readonly operand: string;
  readonly summary: string;
  readonly options: readonly Option[];
}

/** Parses the arguments after the program's name. Help and errors go to `write`. */
export function parseArguments(
  args: readonly string[],
  version: string,
  write: { readonly out: (text: string) => void; readonly err: (text: string) => void },
): ParsedArguments {
  const calls: CommandCall[] = [];
  const program = new Command("knative-digest")
    .description("Shows what Knative will do with container images, pins them, and checks them.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: write.out, writeErr: write.err })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("See “knative-digest --help”.")
    .addHelpText("after", afterHelp);
  for (const option of commonOptions()) program.addOption(option);
  for (const grammar of verbs()) addVerb(program, grammar, calls);
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: error.exitCode === 0 ? "answered" : "misused" };
  }
  const [call] = calls;
  return call === undefined ? { kind: "misused" } : { kind: "call", call };
}

function addVerb(program: Command, grammar: VerbGrammar, calls: CommandCall[]): void {
  const command = program
    .command(grammar.verb)
    .description(grammar.summary)
    .argument(grammar.operand);
  for (const option of grammar.options) command.addOption(option);
  command.action((operands: readonly string[]) => {
    const options = command.optsWithGlobals<CommandOptions>();
    calls.push({ verb: grammar.verb, operands, options });
  });
}

function verbs(): readonly VerbGrammar[] {
  const diff = new Option("--diff", "print the changes as a patch for “git apply”, write nothing");
  const minAge = new Option(
    "--min-age <duration>",
    "leave images built less than this ago, if their age is known (72h, 30m, 7d)",
  ).argParser(readAge);
  const cluster = [
    new Option("--cluster", "compare with what runs in the cluster that kubectl talks to"),
    new Option("--context <name>", "the kubectl context to compare with"),
  ];
  const fromCluster = [
    new Option("--from-cluster", "pin to what runs in the cluster; asks no registry"),
    new Option("--context <name>", "the kubectl context to take it from"),
  ];
  const paths = "[paths...]";
  return [
    {
      verb: "check",
      operand: paths,
      summary: "report findings; exit 1 if any is at or above --fail-on",
      options: cluster,
    },
    {
      verb: "pin",
      operand: paths,
      summary: "pin tags to digests",
      options: [diff, minAge, ...fromCluster],
    },
    {
      verb: "update",
      operand: paths,
      summary: "update pins to what their tags point at now",
      options: [diff, minAge],
    },
    {
      verb: "unpin",
      operand: paths,
      summary: "remove the digests of pins; contacts no registry",
      options: [diff],
    },
    {
      verb: "list",
      operand: paths,
      summary: "list images and what Knative will do with each; contacts no registry",
      options: cluster,
    },
    {
      verb: "resolve",
      operand: "<images...>",
      summary: "print the digest of each image, as Knative would write it",
      options: [],
    },
    {
      verb: "explain",
      operand: "<images...>",
      summary: "show how Knative reads an image and which credential is used; contacts no registry",
      options: [],
    },
  ];
}

function commonOptions(): readonly Option[] {
  return [
    new Option("--output <format>", "output format").choices([
      ...everyVerbsFormats,
      ...checkFormats,
    ]),
    new Option("--offline", "contact no registry"),
    new Option("--fail-on <severity>", "exit 1 for findings at or above this (default: warning)")
      // The order is that of the severities.
      .choices(["error", "warning", "information", "hint", "never"]),
    new Option("--skip-registries <list>", "skip list to assume, comma-separated"),
    new Option("--pin-style <style>", "format of a pin").choices([
      "tag-and-digest",
      "digest",
      "digest-and-comment",
    ]),
    new Option(
      "--jobs <n>",
      `parallel requests per registry (1 to 64, default: ${defaultSettings.requestsPerRegistry})`,
    ).argParser(readJobs),
    new Option(
      "--timeout <seconds>",
      `timeout of one lookup (1 to 600, default: ${defaultSettings.timeoutSeconds}, as Knative’s)`,
    ).argParser(readTimeout),
    new Option("--ca-file <file>", "PEM certificates to trust in addition to the system’s"),
    repeatable("--insecure <host>", "accept plain http and any certificate of this registry"),
    new Option("--config <file>", "read settings from this file instead of .knative-digest.yaml"),
    new Option(
      "--kubernetes-workloads",
      "also check Deployments, Jobs, Pods and other Kubernetes workloads",
    ),
    repeatable("--exclude <pattern>", "leave out files and folders, in addition to the settings"),
    repeatable("--pull-secret <file>", "use only the credentials of this Secret, as Knative does"),
    new Option("--verbose", "name the files that were not read, and show every finding"),
    new Option("--no-color", "print without colours"),
  ];
}

function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(
    (value, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

function readJobs(text: string): number {
  const jobs = /^\d+$/.test(text) ? Number(text) : 0;
  if (jobs < 1 || jobs > 64)
    throw new InvalidArgumentError("Expected a whole number from 1 to 64.");
  return jobs;
}

function readTimeout(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 600)
    throw new InvalidArgumentError("Expected a number of seconds from 1 to 600.");
  return seconds;
}

/** Parses a Go duration, or whole days, which Go has no unit for. */
function readAge(text: string): number {
  const days = /^(\d+)d$/.exec(text)?.[1];
  const duration = parseDuration(days === undefined ? text : `${String(Number(days) * 24)}h`);
  if (duration.kind === "error" || duration.nanoseconds < 0n) {
    throw new InvalidArgumentError("Expected a duration such as 72h, 90m or 7d.");
  }
  return Number(duration.nanoseconds / 1_000_000n);
}

const afterHelp = `
Paths are files, folders (their *.yaml, *.yml and *.json that git does not ignore), patterns, or “-” for
standard input; default: the current folder. “resolve -” and “explain -” read one image per line.

Exit code:
  0    nothing to report
  1    findings at or above --fail-on, or an image not found in its registry
  2    usage error, or a manifest that could not be read or written
  3    a registry or the cluster could not be reached, and nothing worse was found
  130  interrupted; no file was left half-written
`;
