// The pin family as actions: what is offered when, and the text that each makes.

import assert from "node:assert/strict";
import { applyChanges } from "../../../server/src/edits/change.ts";
import {
  pinActions,
  pinFileAction,
  type PinAction,
} from "../../../server/src/features/pinActions.ts";
import { placedStates } from "../../../server/src/findings/reading.ts";
import type { Resolution } from "../../../server/src/resolver/resolution.ts";
import type { PinStyle } from "../../../server/src/settings.ts";
import { behindToo } from "../../support/behindToo.ts";
import {
  digestA,
  digestB,
  readText,
  resolved,
  service,
  type World,
} from "../../support/reading.ts";

const key = "ghcr.io/acme/app:v1";
const known = { [key]: resolved(digestA) };
const app = "ghcr.io/acme/app:v1";

function actions(text: string, world: World, style: PinStyle = "tag-and-digest"): PinAction[] {
  const [placed] = placedStates(readText(text, world));
  assert.ok(placed);
  return pinActions(placed, style);
}

/** The text after the action with this title. */
function after(shown: string, title: RegExp, world: World, style?: PinStyle): string {
  return behindToo(shown, (text) => {
    const action = actions(text, world, style).find((each) => title.test(each.title));
    assert.ok(action?.changes, `no ${title.source}`);
    return applyChanges(text, action.changes).slice(text.length - shown.length);
  });
}

function imageLine(text: string): string {
  return /image: (.*)/.exec(text)?.[1] ?? "";
}

function named(image: string, revision = "app-v1"): string {
  const template = `  template:\n    metadata: { name: ${revision} }\n`;
  return service(image).replace("  template:\n", template);
}

describe("the pin family", () => {
  it("pins in the style that the user wants, and changes nothing else", () => {
    const text = service(`"${app}" # web`);
    const style = (wanted: PinStyle): string =>
      imageLine(after(text, /^Pin the image to sha256:a{12}…$/, { known }, wanted));
    assert.equal(style("tag-and-digest"), `"${app}@${digestA}" # web`);
    assert.equal(style("digest"), `"ghcr.io/acme/app@${digestA}" # web`);
    assert.equal(style("digest-and-comment"), `"${app}@${digestA}" # web`);
  });

  it("keeps a tag in front that nobody would read as one in a comment", () => {
    const text = service("ghcr.io/acme/app:slim-but-odd");
    const world = { known: { "ghcr.io/acme/app:slim-but-odd": resolved(digestA) } };
    const line = imageLine(after(text, /^Pin/, world, "digest-and-comment"));
    assert.equal(line, `ghcr.io/acme/app:slim-but-odd@${digestA}`);
  });

  it("offers what it must ask for first, where it may ask", () => {
    const [action] = actions(service(app), {});
    assert.equal(action?.title, "Pin the image to its digest");
    assert.equal(action.changes, undefined);
    assert.equal(action.ask.length, 1);
    for (const reason of ["untrusted", "off", "offline"] as const) {
      const silent: Resolution = { status: "not-asked", reason };
      assert.deepEqual(actions(service(app), { known: { [key]: silent } }), []);
    }
  });

  it("offers nothing for templates", () => {
    assert.deepEqual(actions(service('"{{ .image }}"'), {}), []);
  });

  it("renames the revision along with the pin where Knative would refuse the change", () => {
    const text = named(app);
    const [first, second] = actions(text, { known });
    assert.equal(first?.verb, "pin-and-rename");
    assert.equal(first.isPreferred, true);
    assert.equal(second?.verb, "pin");
    assert.equal(second.isPreferred, false);
    const changed = applyChanges(text, first.changes ?? []);
    assert.equal(changed, named(`${app}@${digestA}`, "app-v2"));
  });

  it("renames a revision in the second document of a file, too", () => {
    const line = (text: string): string => /metadata: (\{.*)/.exec(text)?.[1] ?? "";
    const pinned = after(named(app), /and rename the revision$/, { known });
    assert.equal(line(pinned), "{ name: app-v2 }");
  });

  it("does not rename a revision whose name a template fills in", () => {
    assert.deepEqual(
      actions(named(app, '"app-{{ .Release.Revision }}"'), { known }).map(({ verb }) => verb),
      ["pin"],
    );
  });

  it("updates a pin whose tag moved, and keeps the tag", () => {
    const text = service(`${app}@${digestB}`);
    assert.equal(imageLine(after(text, /^Update the pin/, { known })), `${app}@${digestA}`);
  });

  it("unpins, back to the tag that stands there or in the comment", () => {
    const pinned = service(`${app}@${digestB}`);
    assert.equal(imageLine(after(pinned, /^Unpin \(keep tag v1\)/, {})), app);
    const commented = service(`ghcr.io/acme/app@${digestB} # v1`);
    assert.equal(imageLine(after(commented, /^Unpin \(keep tag v1\)/, {})), app);
  });

  it("writes a pin in every other style, there and back", () => {
    const before = `${app}@${digestA}`;
    const moved = after(service(before), /^Rewrite as digest # tag/, {});
    assert.equal(imageLine(moved), `ghcr.io/acme/app@${digestA} # v1`);
    assert.equal(imageLine(after(moved, /^Rewrite as tag@digest/, {})), before);
    const bare = after(moved, /^Rewrite as digest only/, {});
    assert.equal(imageLine(bare), `ghcr.io/acme/app@${digestA}`);
    assert.deepEqual(actions(bare, {}), []);
  });

  it("pins every image of a file that it can, and asks for the rest", () => {
    const text = `${service(app)}---\n${service("ghcr.io/acme/other:1")}---\n${service('"{{ .x }}"')}`;
    const action = pinFileAction(readText(text, { known }), "tag-and-digest");
    assert.equal(action?.title, "Pin every image in this file (2)");
    assert.deepEqual(
      action.ask.map(({ repository }) => repository),
      ["acme/other"],
    );
    const changed = applyChanges(text, action.changes ?? []);
    assert.equal(changed, text.replace(app, `${app}@${digestA}`));
  });

  it("passes over an image that a comment says to leave, unless it is meant alone", () => {
    const text = `${service(`${app} # knative-digest: ignore`)}---\n${service(app)}`;
    const action = pinFileAction(readText(text, { known }), "tag-and-digest");
    const changed = applyChanges(text, action?.changes ?? []);
    assert.equal(changed, text.replace(`${app}\n`, `${app}@${digestA}\n`));
    assert.match(after(text, /^Pin the image/, { known }), /@sha256:a+ # knative-digest: ignore/);
  });

  it("edits an anchored image once, whatever uses it", () => {
    const text = service(`&img ${app}\n        - image: *img`);
    const action = pinFileAction(readText(text, { known }), "tag-and-digest");
    assert.equal(applyChanges(text, action?.changes ?? []), text.replace(app, `${app}@${digestA}`));
  });
});
