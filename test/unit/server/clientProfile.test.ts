// What a client can do, read from what it says at its start: each capability by itself.

import assert from "node:assert/strict";
import { readClientProfile, type ClientProfile } from "../../../server/src/server/clientProfile.ts";

function profileOf(capabilities: object, own: object = {}): ClientProfile {
  return readClientProfile({ capabilities } as never, own as never);
}

/** What differs from a client that says nothing. */
function differences(capabilities: object): Partial<ClientProfile> {
  const usual = Object.entries(profileOf({}));
  const found = profileOf(capabilities);
  const changed = usual.filter(([name, value]) => found[name as keyof ClientProfile] !== value);
  return Object.fromEntries(changed.map(([name]) => [name, found[name as keyof ClientProfile]]));
}

const hints = (properties: readonly string[]): object => ({
  textDocument: { inlayHint: { resolveSupport: { properties } } },
});
const literals = { codeAction: { codeActionLiteralSupport: {} } };

describe("what a client can do", () => {
  it("is little where it says nothing", () => {
    const { codeActionLiterals, ...rest } = profileOf({}, { isOwnClient: false, trusted: false });
    assert.equal(codeActionLiterals, true);
    assert.ok(Object.values(rest).every((value) => !value));
    const own = profileOf({}, { isOwnClient: true, trusted: true });
    assert.deepEqual([own.isOwnClient, own.trusted], [true, true]);
  });

  const rows: readonly [object, Partial<ClientProfile>][] = [
    [{ textDocument: { diagnostic: {} } }, { pullsDiagnostics: true }],
    [{ textDocument: { diagnostic: null } }, {}],
    [{ workspace: { diagnostics: { refreshSupport: true } } }, { refreshesDiagnostics: true }],
    [{ workspace: { diagnostics: {} } }, {}],
    [{ workspace: { inlayHint: { refreshSupport: true } } }, { refreshesHints: true }],
    [hints(["tooltip", "textEdits"]), { resolvesHints: true }],
    [hints(["tooltip"]), {}],
    [
      { textDocument: { codeAction: { resolveSupport: { properties: ["edit"] } } } },
      { resolvesActions: true },
    ],
    [{ workspace: { applyEdit: true } }, { appliesEdits: true, codeActionLiterals: false }],
    [{ workspace: { applyEdit: true }, textDocument: literals }, { appliesEdits: true }],
    [{ workspace: { workspaceEdit: { documentChanges: true } } }, { documentChanges: true }],
    [
      { workspace: { workspaceEdit: { changeAnnotationSupport: {} } } },
      { changeAnnotations: true },
    ],
    [{ workspace: { workspaceEdit: { resourceOperations: ["create"] } } }, { createsFiles: true }],
    [{ workspace: { workspaceEdit: { resourceOperations: ["delete"] } } }, {}],
    [{ workspace: { configuration: true } }, { configuration: true }],
    [
      { workspace: { didChangeConfiguration: { dynamicRegistration: true } } },
      { watchesConfiguration: true },
    ],
    [
      { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
      { watchesFiles: true },
    ],
    [{ textDocument: { hover: { contentFormat: ["markdown"] } } }, { markdown: true }],
    [{ textDocument: { hover: { contentFormat: ["plaintext"] } } }, {}],
    [
      { textDocument: { completion: { completionItem: { documentationFormat: ["markdown"] } } } },
      { completionMarkdown: true },
    ],
    [{ window: { workDoneProgress: true } }, { progress: true }],
  ];
  for (const [capabilities, expected] of rows) {
    it(`is ${JSON.stringify(expected)} for ${JSON.stringify(capabilities)}`, () => {
      assert.deepEqual(differences(capabilities), expected);
    });
  }
});
