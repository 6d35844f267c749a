// Every key gets its own error, and Knative's first one comes first.

import assert from "node:assert/strict";
import { plainYaml } from "../../../server/src/document/yaml/yamlValue.ts";
import {
  configValueErrors,
  type ConfigRules,
} from "../../../server/src/knative/config/configDeployment.ts";

const image = ["queue-sidecar-image", "gcr.io/knative/queue"] as const;

function errors(data: Readonly<Record<string, string>>, rules?: ConfigRules): string[] {
  return configValueErrors(new Map([image, ...Object.entries(data)]), rules).map(
    ({ key, message }) => `${key}: ${message}`,
  );
}

describe("configValueErrors", () => {
  it("gives every mistake, legacy keys first, then kebab-case ones, then those of the values together", () => {
    assert.deepEqual(
      errors({
        "default-affinity-type": "spread",
        "pod-is-always-schedulable": "yes",
        "queue-sidecar-cpu-limit": "1KB",
        "progress-deadline": "1.5s",
        queueSidecarMemoryLimit: "1K",
      }),
      [
        'queueSidecarMemoryLimit: failed to parse "queueSidecarMemoryLimit": unable to parse quantity\'s suffix',
        'queue-sidecar-cpu-limit: failed to parse "queue-sidecar-cpu-limit": quantities must match the regular expression ' +
          "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
        'pod-is-always-schedulable: failed to parse "pod-is-always-schedulable": strconv.ParseBool: parsing "yes": invalid syntax',
        "progress-deadline: progress-deadline must be rounded to a whole second, was: 1.5s",
        'default-affinity-type: unsupported default-affinity-type value: "spread"',
      ],
    );
  });
  for (const [value, message] of [
    ["0s", "progress-deadline cannot be a non-positive duration, was 0s"],
    ["-1.5s", "progress-deadline cannot be a non-positive duration, was -1.5s"],
    ["600500ms", "progress-deadline must be rounded to a whole second, was: 10m0.5s"],
  ] as const) {
    it(`refuses the progress deadline ${value}`, () => {
      assert.deepEqual(errors({ "progress-deadline": value }), [`progress-deadline: ${message}`]);
    });
  }
  it("trims no duration and no quantity", () => {
    assert.equal(errors({ "digest-resolution-timeout": " 10s" }).length, 1);
    assert.equal(errors({ "progress-deadline": "10s\n" }).length, 1);
    assert.equal(errors({ "queue-sidecar-cpu-limit": "1\n" }).length, 1);
  });
  it("blames the legacy key where its value decides", () => {
    assert.deepEqual(errors({ progressDeadline: "0s" }), [
      "progressDeadline: progress-deadline cannot be a non-positive duration, was 0s",
    ]);
    assert.deepEqual(errors({ progressDeadline: "0s", "progress-deadline": "1s" }), []);
  });
  it("gives a value that cannot be parsed no second error", () => {
    assert.deepEqual(errors({ "progress-deadline": "x" }), [
      'progress-deadline: failed to parse "progress-deadline": time: invalid duration "x"',
    ]);
  });
  it("takes every spelling of a Go bool", () => {
    for (const value of ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "False"]) {
      assert.deepEqual(errors({ "pod-is-always-schedulable": value }), []);
    }
    assert.equal(errors({ "pod-is-always-schedulable": "tRUE" }).length, 1);
    assert.equal(errors({ "pod-is-always-schedulable": " true" }).length, 1);
  });
  it("wants a sidecar image, and trims it since 1.19", () => {
    const blank = new Map([["queue-sidecar-image", " "]]);
    const refusal = [
      { key: "queue-sidecar-image", message: "queue-sidecar-image cannot be empty or unset" },
    ];
    assert.deepEqual(configValueErrors(new Map()), refusal);
    assert.deepEqual(configValueErrors(blank), refusal);
    assert.deepEqual(configValueErrors(blank, { version: "1.18" }), []);
    assert.deepEqual(configValueErrors(new Map([["queueSidecarImage", "a.io/queue"]])), []);
  });
  it("does not validate keys that the release does not read", () => {
    const data = { "pod-is-always-schedulable": "yes", "default-affinity-type": "x" };
    assert.deepEqual(errors(data, { version: "1.14" }), []);
  });
  it("does not trim the affinity", () => {
    assert.deepEqual(errors({ "default-affinity-type": "none\n" }), [
      'default-affinity-type: unsupported default-affinity-type value: "none\\n"',
    ]);
  });
});

describe("configValueErrors", () => {
  it("begins with the error at which Knative stops", () => {
    const data = new Map([
      ["queue-sidecar-image", ""],
      ["digest-resolution-timeout", "10"],
      ["digestResolutionTimeout", "bad"],
    ]);
    assert.deepEqual(configValueErrors(data)[0], {
      key: "digestResolutionTimeout",
      message: 'failed to parse "digestResolutionTimeout": time: invalid duration "bad"',
    });
  });
});

describe("runtime-class-name", () => {
  const rules: ConfigRules = { parseYaml: plainYaml };
  const formatProblem = "runtime-class-name cannot be parsed, please check the format: ";
  const decoding = `${formatProblem}error unmarshaling JSON: while decoding JSON: json: cannot unmarshal `;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["", undefined],
    ["kata: {}\ngvisor:\n  selector:\n    use-gvisor: please\n", undefined],
    ["kata:\n", undefined],
    ["kata: { selector: { a/b: 1 } }", undefined],
    [
      "kata: {}\n{",
      `${formatProblem}error converting YAML to JSON: yaml: line 2: Flow map in block collection must be sufficiently indented and end with a }`,
    ],
    [
      "kata",
      `${decoding}string into Go value of type map[string]deployment.RuntimeClassNameLabelSelector`,
    ],
    [
      "[kata]",
      `${decoding}array into Go value of type map[string]deployment.RuntimeClassNameLabelSelector`,
    ],
    // YAML 1.1, as Go's parser reads it.
    ["kata: yes", `${decoding}bool into Go value of type deployment.RuntimeClassNameLabelSelector`],
    ["kata: { selector: { a: , b: ~, c: 2020-01-01, d: yes, e: 010 } }", undefined],
    ["base: &base { selector: { a: b } }\nkata: { <<: *base }", undefined],
    ["kata: {}\nkata: {}\n---\nnothing", undefined],
    ["\n kata: {}\n", undefined],
    [
      "kata: { Selector: [] }",
      `${decoding}array into Go struct field RuntimeClassNameLabelSelector.selector of type map[string]string`,
    ],
    // What cannot be decoded goes before a name that is wrong.
    [
      "-: {}\nkata: []",
      `${decoding}array into Go value of type deployment.RuntimeClassNameLabelSelector`,
    ],
    [
      "kata: { selector: true }",
      `${decoding}bool into Go struct field RuntimeClassNameLabelSelector.selector of type map[string]string`,
    ],
    [
      "kata: { selector: { a: {} } }",
      `${decoding}object into Go struct field RuntimeClassNameLabelSelector.selector of type string`,
    ],
    [
      '"": {}',
      "runtime-class-name  selector not valid DNSSubdomain: [a lowercase RFC 1123 subdomain must consist of lower case " +
        "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', " +
        "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')]",
    ],
    [
      "kata: { selector: { a b: c } }",
      'runtime-class-name kata selector invalid: key: Invalid value: "a b": name part must consist of alphanumeric ' +
        "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or " +
        "'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      "kata: { selector: { a: b c } }",
      'runtime-class-name kata selector invalid: values[0][a]: Invalid value: "b c": a valid label must be an empty ' +
        "string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
        "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
        "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ];
  for (const [value, message] of rows) {
    it(`${message === undefined ? "takes" : "refuses"} ${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        errors({ "runtime-class-name": value }, rules),
        message === undefined ? [] : [`runtime-class-name: ${message}`],
      );
    });
  }
  it("counts a class's name in what Kubernetes calls characters, a label's prefix in bytes", () => {
    const long = "x".repeat(254);
    const problem = (value: string): string =>
      errors({ "runtime-class-name": value }, rules)[0] ?? "";
    assert.match(problem(`${long}:`), /DNSSubdomain: \[must be no more than 253 characters\]$/);
    assert.match(
      problem(`kata: { selector: { ${long}/a: b } }`),
      /": prefix part must be no more than 253 bytes$/,
    );
  });
  it("names each part of a label that is wrong", () => {
    const long = "x".repeat(64);
    const [error = ""] = errors(
      { "runtime-class-name": `kata: { selector: { /${long}: ${long} } }` },
      rules,
    );
    assert.match(
      error,
      /\[key: Invalid value: "\/x+": prefix part must be non-empty; name part must be no more than 63 bytes, values\[0\]\[\/x+\]: Invalid value: "x+": must be no more than 63 bytes\]$/,
    );
  });
  it("is not checked where nothing reads YAML", () => {
    assert.deepEqual(errors({ "runtime-class-name": "[" }), []);
  });
});
