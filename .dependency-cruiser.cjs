// The direction of imports: what each folder may know. `npm run check` fails when an arrow is reversed.

/** A rule: files in `folder` import nothing of ours but what stands in `allowed`. */
function onlyKnows(folder, allowed, comment) {
  return {
    name: `${folder}-only-knows-what-is-below`,
    comment,
    severity: "error",
    from: { path: `^server/src/${folder}` },
    to: {
      path: "^(server|client|test)/",
      pathNot: [`^server/src/${folder}`, ...allowed].join("|"),
    },
  };
}

/** The doors of the core: of these folders the two fronts import what is named here, and nothing below it. */
const doors = {
  document:
    "analysis|analysisOptions|documentAnalysis|oneDocument|relevance|span|steps|writtenImage|yaml/piecedText",
  workspace:
    "chartImages|effectiveSkipList|intentions|kustomize/(fate|kustomizeIndex)|workspaceFacts|workspaceIndex",
  resolver: "pullSecretKeychain|resolution|resolver",
  registry: "credentials/(findCredential|keychain)",
  findings:
    "buildTime|clusterComparison|finding|findingCodes|findingSummaries|imageState|\\w+Words|pinDecision|placedEdits|reading|resolutionFindings",
  edits: "change",
  cluster: "answers/config|askCluster|clusterFailure|clusterImage|clusterKnown",
};

const base = "^server/src/(base/|image/|paths/|environment\\.ts|settings\\.ts|shownText\\.ts)";
const answers = "^server/src/resolver/resolution\\.ts";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^(server|client)/", pathNot: "main\\.ts$|\\.d\\.ts$" },
      to: {},
    },
    onlyKnows("image/", [], "Values: no imports."),
    onlyKnows("paths/", [], "Values: no imports."),
    onlyKnows(
      "base/",
      ["^server/src/environment\\.ts"],
      "Building blocks that know nothing of Knative.",
    ),
    onlyKnows(
      "knative/",
      ["^server/src/image/", "^server/src/base/(append|record)\\.ts"],
      "Knative's rules are functions of values.",
    ),
    onlyKnows("document/", [base, "^server/src/knative/"], "Text becomes values, nothing else."),
    onlyKnows(
      "registry/",
      [base, "^server/src/knative/go/go(Json|Url)\\.ts"],
      "The protocol knows no documents; docker's files are JSON as Go reads it.",
    ),
    onlyKnows("resolver/", [base, "^server/src/(registry|knative)/"], "References become answers."),
    onlyKnows(
      "cluster/",
      [base, "^server/src/(knative|document)/"],
      "Questions to kubectl and their answers are values; `node/` runs it.",
    ),
    onlyKnows(
      "workspace/",
      [base, "^server/src/(knative|document)/"],
      "What all documents say together; no answers, no I/O.",
    ),
    onlyKnows(
      "edits/",
      [base, "^server/src/(knative|document)/"],
      "Edits are changes of a text, as values.",
    ),
    onlyKnows(
      "findings/",
      [base, answers, "^server/src/(knative|document|workspace|edits|cluster)/"],
      "Opinions are functions of values: they receive answers, never the resolver.",
    ),
    onlyKnows(
      "features/",
      [base, answers, "^server/src/(knative|document|workspace|edits|cluster|findings)/"],
      "Views are functions of values: they receive answers, never the resolver.",
    ),
    onlyKnows(
      "node/",
      [base, "^server/src/(registry|resolver)/"],
      "The operating system behind the interfaces of the layers below.",
    ),
    ...Object.entries(doors).map(([folder, files]) => ({
      name: `fronts-enter-${folder}-by-its-doors`,
      comment:
        "Texts are opened, read, decided and looked up by the core, in one way for both fronts.",
      severity: "error",
      from: { path: "^server/src/(cli|server)/" },
      to: { path: `^server/src/${folder}/`, pathNot: `^server/src/${folder}/(${files})\\.ts$` },
    })),
    {
      name: "cli-knows-no-editor",
      comment: "The command line is a second front on the same core.",
      severity: "error",
      from: { path: "^server/src/cli/" },
      to: { path: "^server/src/(server|features)/|vscode-languageserver/|^client/" },
    },
    {
      name: "server-knows-no-cli",
      severity: "error",
      from: { path: "^server/src/server/" },
      to: { path: "^server/src/cli/|^client/" },
    },
    {
      name: "client-talks-over-lsp",
      comment: "The client knows the server only by its protocol.",
      severity: "error",
      from: { path: "^client/" },
      to: { path: "^server/", pathNot: "^server/src/protocol\\.ts" },
    },
    {
      name: "only-yamlDocument-parses-yaml",
      severity: "error",
      from: {
        path: "^server/src/",
        pathNot:
          "^server/src/(document/yaml/yaml(?:Document|Tokens|Value)|cli/input/configFile)\\.ts",
      },
      to: { path: "node_modules/yaml/" },
    },
    {
      name: "only-node-touches-the-system",
      severity: "error",
      from: { path: "^server/src/", pathNot: "^server/src/(node/|server/main|cli/main)" },
      to: { dependencyTypes: ["core"], pathNot: "^(path|url|util)$" },
    },
    {
      name: "only-node-sends-requests",
      severity: "error",
      from: { path: "^server/src/", pathNot: "^server/src/node/" },
      to: { path: "node_modules/undici/" },
    },
    {
      name: "product-needs-no-test",
      severity: "error",
      from: { path: "^(server|client)/" },
      to: { path: "^test/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
    },
  },
};
