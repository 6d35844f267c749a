// The command line's grammar: verbs, options, help.

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { defaultSettings, type PinStyle, type Severity } from "../settings.ts";
import { parseDuration } from "../knative/goDuration.ts";

export type Verb = "check" | "pin" | "update" | "unpin" | "list" | "resolve" | "explain";
export type OutputFormat = "text" | "json" | "sarif" | "github";

/** The options as given; what was not given is undefined. */
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

/** What was asked for; or that help, the version or what is wrong with the call has been written. */
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

/** Reads the arguments behind the program's name. What it has to say goes to `write`. */
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
  const diff = new Option("--diff", "show the changes as a patch for “git apply”, write nothing");
  const minAge = new Option(
    "--min-age <duration>",
    "take no image made less than this ago, where its age is known (72h, 30m, 7d)",
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
      summary: "write digests behind tags",
      options: [diff, minAge, ...fromCluster],
    },
    {
      verb: "update",
      operand: paths,
      summary: "move pins to what their tags point at now",
      options: [diff, minAge],
    },
    {
      verb: "unpin",
      operand: paths,
      summary: "take the digests out again; asks no registry",
      options: [diff],
    },
    {
      verb: "list",
      operand: paths,
      summary: "every image, its place, and what Knative will do with it; asks no registry",
      options: cluster,
    },
    {
      verb: "resolve",
      operand: "<images...>",
      summary: "print each image’s digest as Knative would write it",
      options: [],
    },
    {
      verb: "explain",
      operand: "<images...>",
      summary: "tell how Knative reads an image, and which credential it gets; asks no registry",
      options: [],
    },
  ];
}

function commonOptions(): readonly Option[] {
  return [
    new Option("--output <format>", "how to print the result").choices([
      "text",
      "json",
      "sarif",
      "github",
    ]),
    new Option("--offline", "ask no registry"),
    new Option("--fail-on <severity>", "exit 1 for findings at or above this (default: warning)")
      // The order is that of the severities.
      .choices(["error", "warning", "information", "hint", "never"]),
    new Option("--skip-registries <list>", "the skip list to assume, comma-separated"),
    new Option("--pin-style <style>", "how pins are written").choices([
      "tag-and-digest",
      "digest",
      "digest-and-comment",
    ]),
    new Option(
      "--jobs <n>",
      `requests at once to each registry (1 to 64, default: ${defaultSettings.requestsPerRegistry})`,
    ).argParser(readJobs),
    new Option(
      "--timeout <seconds>",
      `time for one image (1 to 600, default: ${defaultSettings.timeoutSeconds}, as Knative’s)`,
    ).argParser(readTimeout),
    new Option("--ca-file <file>", "PEM certificates to trust in addition to the usual ones"),
    repeatable("--insecure <host>", "accept plain http and any certificate of this registry"),
    new Option("--config <file>", "read settings from this file, and from no .knative-digest.yaml"),
    new Option("--kubernetes-workloads", "look at Deployments, Jobs, Pods and their like, too"),
    repeatable(
      "--exclude <pattern>",
      "leave out files, in addition to what the settings leave out",
    ),
    repeatable("--pull-secret <file>", "sign in with this Secret alone, as Knative does"),
    new Option("--verbose", "name the files that were not read"),
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
    throw new InvalidArgumentError("It takes a whole number from 1 to 64.");
  return jobs;
}

function readTimeout(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 600) throw new InvalidArgumentError("It takes 1 to 600 seconds.");
  return seconds;
}

/** Go's durations, and whole days, which Go does not know. */
function readAge(text: string): number {
  const days = /^(\d+)d$/.exec(text)?.[1];
  const duration = parseDuration(days === undefined ? text : `${String(Number(days) * 24)}h`);
  if (duration.kind === "error" || duration.nanoseconds < 0n) {
    throw new InvalidArgumentError("It takes a duration such as 72h, 90m or 7d.");
  }
  return Number(duration.nanoseconds / 1_000_000n);
}

const afterHelp = `
Paths are files, folders (*.yaml, *.yml and *.json, without what git ignores), patterns, or “-” for
standard input; the current folder if none is given. “resolve -” and “explain -” read one image a line.

Exit code:
  0    nothing to report
  1    findings at or above --fail-on, or an image that its registry does not have
  2    usage error, or a manifest that could not be read or written
  3    a registry or the cluster could not be asked, and nothing worse was found
  130  interrupted; no file was left half-written
`;
