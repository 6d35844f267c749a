// Changes of files as the client takes them: with versions, with its consent, and with all of them in a preview.

import assert from "node:assert/strict";
import { TextDocument } from "vscode-languageserver-textdocument";
import { fileOffset } from "../../../server/src/document/span.ts";
import type { ClientProfile } from "../../../server/src/server/clientProfile.ts";
import { workspaceEdit, type DocumentChanges } from "../../../server/src/server/convert.ts";

const uri = "file:///w/a.yaml";
const document = TextDocument.create(uri, "yaml", 3, "abc\ndef\n");
const change = (start: number, text: string): DocumentChanges["changes"][number] => ({
  ...{ start: fileOffset(start), end: fileOffset(start + 1), text },
});
const edit = (line: number, newText: string): object => ({
  range: { start: { line, character: 0 }, end: { line, character: 1 } },
  newText,
});
const one: DocumentChanges = { document, version: 3, changes: [change(0, "x")] };
const two: DocumentChanges = { ...one, optional: [change(4, "y")] };

function profile(more: Partial<ClientProfile> = {}): ClientProfile {
  const all = { documentChanges: true, changeAnnotations: true, createsFiles: true };
  return { ...all, isOwnClient: true, ...more } as ClientProfile;
}
const consent = (preview: boolean) => ({ label: "l", optionalLabel: "o", preview });

describe("an edit of files", () => {
  it("is by file for clients that know no versions", () => {
    const found = workspaceEdit([two], profile({ documentChanges: false }), consent(true));
    assert.deepEqual(found, { changes: { [uri]: [edit(0, "x")] } });
  });

  it("names the version that it is made for", () => {
    const textDocument = { uri, version: 3 };
    const expected = { documentChanges: [{ textDocument, edits: [edit(0, "x")] }] };
    assert.deepEqual(workspaceEdit([two], profile()), expected);
    const plain = profile({ changeAnnotations: false });
    assert.deepEqual(workspaceEdit([two], plain, consent(true)), expected);
    const closed = workspaceEdit([{ ...one, version: null }], profile());
    assert.deepEqual(closed.documentChanges?.[0], {
      textDocument: { uri, version: null },
      edits: [edit(0, "x")],
    });
  });

  /** Whether a file is created first, what needs confirmation, and how the edits are grouped. */
  const rows: readonly [
    string,
    readonly DocumentChanges[],
    boolean,
    Partial<ClientProfile>,
    readonly [boolean, boolean, readonly string[]],
  ][] = [
    ["without a preview", [one], false, {}, [false, false, ["knative-digest"]]],
    ["with a preview", [one], true, {}, [true, false, ["knative-digest"]]],
    [
      "with a preview of what may be left out",
      [two],
      true,
      {},
      [false, false, ["knative-digest", "knative-digest-optional"]],
    ],
    [
      "with a preview in another editor",
      [one],
      true,
      { isOwnClient: false },
      [false, true, ["knative-digest"]],
    ],
    [
      "with a preview where no file can be created",
      [one],
      true,
      { createsFiles: false },
      [false, false, ["knative-digest"]],
    ],
  ];
  for (const [name, changes, preview, client, [creates, confirms, ids]] of rows) {
    it(`asks for consent ${name}`, () => {
      const found = workspaceEdit(changes, profile(client), consent(preview));
      const parts = found.documentChanges ?? [];
      const created = parts.filter((part) => "kind" in part && part.kind === "create");
      assert.equal(created.length, creates ? 1 : 0);
      const edits = parts.flatMap((part) => ("edits" in part ? part.edits : []));
      assert.deepEqual(
        edits.map((each) => "annotationId" in each && each.annotationId),
        ids,
      );
      assert.deepEqual(found.changeAnnotations, {
        "knative-digest": { label: "l", needsConfirmation: confirms },
        "knative-digest-optional": { label: "o", needsConfirmation: true },
      });
    });
  }

  it("previews by a file on this machine that is there already", () => {
    const remote = TextDocument.create("vscode-vfs://g/a.yaml", "yaml", 1, "abc\n");
    const changes = [{ ...one, document: remote }, one];
    const [first] = workspaceEdit(changes, profile(), consent(true)).documentChanges ?? [];
    assert.deepEqual(first, {
      ...{ kind: "create", uri, options: { ignoreIfExists: true } },
      annotationId: "knative-digest-optional",
    });
    const none = workspaceEdit([{ ...one, document: remote }], profile(), consent(true));
    assert.equal(none.documentChanges?.length, 1);
  });
});
