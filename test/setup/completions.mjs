// Completion for bash, zsh and fish, made from what the command line says in its own help.

import { loadTypeScript } from "./loadTypeScript.mjs";

const folder = "docs/completion";
const names = ["knative-digest", "kubectl-knative_digest", "kn-digest"];

/** Options whose value is a file. */
const files = ["--ca-file", "--config", "--pull-secret"];

/**
 * @typedef {{ flags: string[], value: string | undefined, choices: string[], text: string }} Option
 * @typedef {{ name: string, text: string, options: Option[] }} Verb
 */

/**
 * The completion files.
 * @returns {Promise<Map<string, string>>} texts by their path in the project
 */
export async function completionFiles() {
  const { parseArguments } = await loadTypeScript("server/src/cli/input/arguments.ts");
  const help = (args) => {
    let text = "";
    parseArguments(args, "", { out: (more) => (text += more), err: () => undefined });
    return text;
  };
  const top = help(["--help"]);
  const options = entries(top, "Options").map(option);
  const verbs = entries(top, "Commands")
    .map(({ head, text }) => ({ name: head.split(" ")[0], text }))
    .filter(({ name }) => name !== "help")
    .map(({ name, text }) => {
      const own = entries(help([name, "--help"]), "Options").map(option);
      return { name, text, options: own.filter(({ flags }) => !flags.includes("--help")) };
    });
  return new Map([
    [`${folder}/knative-digest.bash`, bash(verbs, options)],
    [`${folder}/_knative-digest`, zsh(verbs, options)],
    [`${folder}/knative-digest.fish`, fish(verbs, options)],
  ]);
}

/** The entries of a section of the help, with their wrapped lines joined. */
function entries(help, section) {
  const [, body = ""] = help.split(`\n${section}:\n`);
  const found = [];
  for (const line of body.split("\n\n")[0].split("\n")) {
    const [, head, text] = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    if (head !== undefined) found.push({ head, text: text ?? "" });
    else if (found.length > 0) found.at(-1).text += ` ${line.trim()}`;
  }
  return found.map(({ head, text }) => ({ head, text: text.trim() }));
}

/** @returns {Option} */
function option({ head, text }) {
  const flags = head.match(/--?[\w-]+/g) ?? [];
  const choices = /\(choices: ([^)]*)\)/.exec(text)?.[1].match(/[\w-]+/g) ?? [];
  const words = text.replace(/ *\(choices: [^)]*\)/, "");
  return { flags, value: /<(.+)>/.exec(head)?.[1], choices, text: words };
}

function bash(verbs, options) {
  const long = (list) => list.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith("--")));
  const own = verbs
    .filter((verb) => verb.options.length > 0)
    .map((verb) => `    ${verb.name}) words="$words ${long(verb.options).join(" ")}" ;;`);
  const values = [...options, ...verbs.flatMap((verb) => verb.options)]
    .filter(({ value }) => value !== undefined)
    .map(({ flags, choices }) => [flags.at(-1), choices]);
  const cases = [...new Map(values)].map(([flag, choices]) => {
    if (choices.length > 0) return `    ${flag}) words="${choices.join(" ")}" ;;`;
    return files.includes(flag) ? `    ${flag}) words="" ;;` : `    ${flag}) return ;;`;
  });
  return `# bash completion of knative-digest. Written by \`npm run docs\`.

_knative_digest() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" verb="" words="" each
  COMPREPLY=()
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$each" in ${verbs.map(({ name }) => name).join(" | ")}) verb="$each" && break ;; esac
  done
  case "$before" in
${cases.join("\n")}
    *)
      if [[ "$word" == -* ]]; then
        words="${long(options).join(" ")}"
        case "$verb" in
${own
  .map((line) => `      ${line.trim()}`)
  .map((line) => `    ${line}`)
  .join("\n")}
        esac
      elif [[ -z "$verb" ]]; then
        words="${verbs.map(({ name }) => name).join(" ")}"
      fi
      ;;
  esac
  while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen -W "$words" -- "$word")
}

complete -o default -F _knative_digest ${names.join(" ")}
`;
}

function zsh(verbs, options) {
  const quote = (text) => text.replaceAll("'", "’").replace(/[[\]:]/g, "\\$&");
  const spec = ({ flags, value, choices, text }) => {
    const repeat = text.includes("repeatable") ? "*" : "";
    const words = choices.length > 0 ? `(${choices.join(" ")})` : "";
    const action = files.includes(flags.at(-1)) ? "_files" : words;
    const argument = value === undefined ? "" : `:${quote(value)}:${action}`;
    return flags.map((flag) => `'${repeat}${flag}[${quote(text)}]${argument}'`);
  };
  const list = (all) => all.flatMap(spec).join(" \\\n    ");
  const own = verbs.map(({ name, options: more }) => {
    const operand = ["resolve", "explain"].includes(name) ? "'*:image: '" : "'*:path:_files'";
    const specs = more.length === 0 ? "" : ` \\\n        ${list(more)}`;
    return `    ${name})\n      _arguments "$common[@]"${specs} \\\n        ${operand}\n      ;;`;
  });
  return `#compdef ${names.join(" ")}
# zsh completion of knative-digest. Written by \`npm run docs\`.

_knative_digest() {
  local -a common verbs
  local context state state_descr line
  typeset -A opt_args
  common=(
    ${list(options)}
  )
  verbs=(
${verbs.map(({ name, text }) => `    '${name}:${quote(text)}'`).join("\n")}
  )
  _arguments -C "$common[@]" '1: :->verb' '*:: :->operands'
  case "$state" in
  verb) _describe 'command' verbs ;;
  operands)
    case "$words[1]" in
${own.join("\n")}
    esac
    ;;
  esac
}

_knative_digest "$@"
`;
}

function fish(verbs, options) {
  const quote = (text) => `'${text.replaceAll("'", "’")}'`;
  const all = verbs.map(({ name }) => name).join(" ");
  const line = (name, condition, { flags, value, choices, text }) =>
    [
      `complete --command ${name}`,
      ...(condition === "" ? [] : [`--condition ${quote(condition)}`]),
      ...flags.map((flag) =>
        flag.startsWith("--")
          ? `--long-option ${flag.slice(2)}`
          : `--short-option ${flag.slice(1)}`,
      ),
      ...(value === undefined ? [] : ["--require-parameter"]),
      ...(choices.length > 0 ? [`--no-files --arguments ${quote(choices.join(" "))}`] : []),
      ...(value !== undefined && choices.length === 0 && !files.includes(flags.at(-1))
        ? ["--no-files"]
        : []),
      `--description ${quote(text)}`,
    ].join(" ");
  const lines = names.flatMap((name) => [
    "",
    ...verbs.map(
      (verb) =>
        `complete --command ${name} --condition 'not __fish_seen_subcommand_from ${all}' --no-files --arguments ${verb.name} --description ${quote(verb.text)}`,
    ),
    ...options.map((each) => line(name, "", each)),
    ...verbs.flatMap((verb) =>
      verb.options.map((each) => line(name, `__fish_seen_subcommand_from ${verb.name}`, each)),
    ),
  ]);
  return `# fish completion of knative-digest. Written by \`npm run docs\`.\n${lines.join("\n")}\n`;
}
