// In the extension host: the extension keeps what its manifest promises.

import assert from "node:assert/strict";
import { commands, extensions } from "vscode";
import { eventually, open } from "./workbench.ts";

describe("the extension", () => {
  const extension = extensions.getExtension("knative-digest.knative-digest");

  it("is active once a YAML file is open", async () => {
    await open("service.yaml");
    await eventually("Activation", () => (extension?.isActive === true ? true : undefined));
  });

  it("has every command that its manifest names", async () => {
    const manifest = extension?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const promised = manifest.contributes.commands.map(({ command }) => command);
    const present = new Set(await commands.getCommands(true));
    assert.ok(promised.length > 0);
    assert.deepEqual(
      promised.filter((command) => !present.has(command)),
      [],
    );
  });
});
