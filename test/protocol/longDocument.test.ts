// A document that takes long is read in another thread: meanwhile the others are answered.

import assert from "node:assert/strict";
import { visualStudioCode } from "../support/clientProfiles.ts";
import { service } from "../support/reading.ts";
import { withSession } from "../support/session.ts";

const item = `- ${service("localhost/team/app:v1").trimEnd().replace(/\n/g, "\n  ")}\n  extra: { a: b }\n`;
const head = "apiVersion: v1\nkind: List\nitems:\n";
const long = head + item.repeat(1500);
const line = long.split("\n").findIndex((each) => each.includes("image:"));
const shortLine = service("localhost/a:1")
  .split("\n")
  .findIndex((each) => each.includes("image:"));

describe("a document that takes long", () => {
  it("is answered as if it were short, and after what was asked later", async () => {
    await withSession({ capabilities: visualStudioCode }, async ({ client }) => {
      await client.open("file:///w/one.yaml", head + item);
      await client.open("file:///w/short.yaml", service("localhost/a:1"));
      const expected = await client.hover("file:///w/one.yaml", line, 24);
      assert.ok(expected !== null);
      await client.open("file:///w/long.yaml", long);
      const answered: string[] = [];
      const ask = async (name: string, at: number): Promise<unknown> => {
        const answer = await client.hover(`file:///w/${name}.yaml`, at, 24);
        answered.push(name);
        return answer;
      };
      const asked = [ask("long", line), ask("short", shortLine)];
      const [ofLong, ofShort] = await Promise.all(asked);
      assert.deepEqual(ofLong, expected);
      assert.ok(ofShort !== null);
      assert.deepEqual(answered, ["short", "long"]);
    });
  });
});
