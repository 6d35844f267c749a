// The tree of all images in the workspace, by what Knative will do with them.

import * as vscode from "vscode";
import type { ServerClient } from "./serverClient.ts";

type Group = "failed" | "skipped" | "moved" | "unpinned" | "pinned" | "template";

/** An image as the server reports it. */
interface ImageReport {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
  readonly image: string;
  readonly kind: string | null;
  readonly name: string | null;
  readonly group: Group;
  readonly digest: string | null;
  readonly problem: string | null;
}

export interface ImagesView {
  /** Reads the images anew and brings the tree to the front. */
  show(): Promise<void>;
  dispose(): void;
}

type Node =
  | { readonly kind: "group"; readonly group: Group; readonly images: readonly ImageReport[] }
  | { readonly kind: "image"; readonly image: ImageReport };

/** What needs somebody's attention stands first. */
const groupOrder: readonly Group[] = [
  "failed",
  "skipped",
  "moved",
  "unpinned",
  "pinned",
  "template",
];

export function createImagesView(server: ServerClient): ImagesView {
  const changed = new vscode.EventEmitter<void>();
  let groups: readonly Node[] = [];
  const view = vscode.window.createTreeView<Node>("knativeDigest.images", {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) => (node === undefined ? [...groups] : childrenOf(node)),
      getTreeItem: (node) => (node.kind === "group" ? groupItem(node) : imageItem(node.image)),
    },
  });
  const read = async (): Promise<void> => {
    const images = await server.execute<readonly ImageReport[]>("images");
    groups = groupOrder.flatMap((group): Node[] => {
      const inGroup = images.filter((image) => image.group === group);
      return inGroup.length === 0 ? [] : [{ kind: "group", group, images: inGroup }];
    });
    changed.fire();
  };
  return {
    async show() {
      await read();
      await vscode.commands.executeCommand("knativeDigest.images.focus");
    },
    dispose() {
      view.dispose();
      changed.dispose();
    },
  };
}

function childrenOf(node: Node): Node[] {
  if (node.kind === "image") return [];
  return node.images.map((image) => ({ kind: "image", image }));
}

function groupItem(node: Extract<Node, { kind: "group" }>): vscode.TreeItem {
  const item = new vscode.TreeItem(
    groupWords(node.group),
    vscode.TreeItemCollapsibleState.Expanded,
  );
  item.description = String(node.images.length);
  item.contextValue = `group.${node.group}`;
  return item;
}

function imageItem(image: ImageReport): vscode.TreeItem {
  const item = new vscode.TreeItem(image.image);
  item.description = [image.kind, image.name].filter((part) => part !== null).join(" ");
  item.tooltip = image.problem ?? image.digest ?? image.image;
  item.contextValue = `image.${image.group}`;
  const at = new vscode.Position(image.position.line, image.position.character);
  item.command = {
    command: "vscode.open",
    title: vscode.l10n.t("Go to the image"),
    arguments: [vscode.Uri.parse(image.uri), { selection: new vscode.Range(at, at) }],
  };
  return item;
}

function groupWords(group: Group): string {
  switch (group) {
    case "failed":
      return vscode.l10n.t("Will fail");
    case "skipped":
      return vscode.l10n.t("Skipped");
    case "moved":
      return vscode.l10n.t("Tag moved");
    case "unpinned":
      return vscode.l10n.t("Not pinned");
    case "pinned":
      return vscode.l10n.t("Pinned");
    case "template":
      return vscode.l10n.t("Templates");
  }
}
