// `check --output sarif` is SARIF 2.1.0, by its own schema.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv-draft-04";
import type { Log } from "sarif";
import { findingCodes } from "../../../server/src/findings/findingCodes.ts";
import { runCommand, type CommandWorld } from "../../support/commandLine.ts";
import { service } from "../../support/reading.ts";

const require = createRequire(import.meta.url);
const schemaFile = require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

async function sarif(world: CommandWorld): Promise<Log> {
  const { stdout } = await runCommand("check --offline --output sarif", world);
  const log = JSON.parse(stdout) as Log;
  const schema = JSON.parse(readFileSync(schemaFile, "utf8")) as object;
  // One of its patterns is no regular expression by today's strict reading; formats are left to the types.
  const ajv = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false });
  assert.ok(ajv.validate(schema, log), ajv.errorsText());
  return log;
}

const skipped =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-deployment\ndata:\n  queue-sidecar-image: q.test/p\n" +
  "  registries-skipping-tag-resolving: reg.test\n";

describe("check --output sarif", () => {
  it("is valid with results, with none, and with files that cannot be read", async () => {
    await sarif({});
    await sarif({ files: { "a.yaml": service("a"), "b.yaml": { problem: "denied" } } });
    await sarif({ files: { "a.yaml": "image: [\n", "b b.yaml": service("reg.test/app:1") } });
  });

  it("has a rule with help for each code", async () => {
    const [run] = (await sarif({})).runs;
    const rules = run?.tool.driver.rules ?? [];
    assert.deepEqual(
      rules.map(({ id }) => id),
      findingCodes,
    );
    for (const { id, help, helpUri } of rules) {
      assert.ok(helpUri?.endsWith(`#${id}`));
      assert.ok((help?.text.length ?? 0) > 40);
    }
  });

  it("places results and what they relate to, with names as URIs", async () => {
    const files = { "my app/a.yaml": service("'reg.test/app:1'"), "c.yaml": skipped };
    const [run] = (await sarif({ files })).runs;
    const result = run?.results?.find(({ ruleId }) => ruleId === "registry-skipped");
    assert.deepEqual(result?.locations?.[0]?.physicalLocation, {
      artifactLocation: { uri: "my%20app/a.yaml" },
      region: { startLine: 10, startColumn: 18, endLine: 10, endColumn: 34 },
    });
    assert.equal(result.level, "warning");
    assert.equal(findingCodes[result.ruleIndex ?? -1], "registry-skipped");
    const [related] = result.relatedLocations ?? [];
    assert.equal(related?.physicalLocation?.artifactLocation?.uri, "c.yaml");
    assert.equal(related.physicalLocation.region?.startLine, 7);
  });

  it("tells a result again when its lines have moved, and one from another", async () => {
    const prints = async (text: string): Promise<(string | undefined)[]> => {
      const files = { "a.yaml": text, "c.yaml": skipped };
      const results = (await sarif({ files })).runs[0]?.results ?? [];
      return results
        .filter(({ ruleId }) => ruleId === "registry-skipped")
        .map(({ partialFingerprints }) => partialFingerprints?.["knativeDigest/v1"]);
    };
    const twice = `${service("reg.test/app:1")}---\n${service("reg.test/app:1")}`;
    const first = await prints(twice);
    assert.equal(new Set(first).size, 2);
    assert.ok(first.every((print) => print !== undefined));
    assert.deepEqual(await prints(`# a line\n${twice}`), first);
    assert.notDeepEqual(await prints(twice.replaceAll("app:1", "app:2")), first);
  });

  it("tells that the run was not complete", async () => {
    const [run] = (await sarif({ files: { "b.yaml": { problem: "denied" } } })).runs;
    const [invocation] = run?.invocations ?? [];
    assert.equal(invocation?.executionSuccessful, false);
    assert.match(invocation.toolExecutionNotifications?.[0]?.message.text ?? "", /denied/);
  });
});
