// The JSON schema of `.knative-digest.yaml`, made from the settings in package.json.

import { format } from "prettier";

const file = "docs/knative-digest.schema.json";

/** Settings that count only in a file that the user names: see `configFile.ts`. */
const named = ["registries", "caFile", "proxy", "trustedAuthHosts", "cluster"];

/** What a setting of an editor says beside its type, and a schema does not know. */
const editorsOwn = ["scope", "order", "tags", "markdownDescription", "markdownEnumDescriptions"];

/**
 * @param {object} manifest package.json
 * @param {Record<string, string>} texts its texts
 * @returns {Promise<[string, string]>} the schema's path in the project and its text
 */
export async function configurationSchema(manifest, texts) {
  const settings = manifest.contributes.configuration
    .flatMap((group) => Object.entries(group.properties))
    .map(([name, setting]) => [name.replace("knativeDigest.", ""), setting])
    .filter(([name]) => name !== "trace.server");
  const properties = {};
  for (const [name, setting] of settings) {
    const schema = schemaOf(name, setting, texts);
    // Both ways of writing are read: `pin.style: …`, and `style` under `pin`.
    properties[name] = schema;
    const [group, member] = name.split(".");
    if (member === undefined) continue;
    properties[group] ??= { type: "object", additionalProperties: false, properties: {} };
    properties[group].properties[member] = schema;
  }
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: `https://raw.githubusercontent.com/knative-digest/knative-digest/main/${file}`,
    title: "Settings of Knative Digest for the command line (.knative-digest.yaml)",
    type: ["object", "null"],
    additionalProperties: false,
    properties,
  };
  return [file, await format(JSON.stringify(schema), { parser: "json", printWidth: 100 })];
}

function schemaOf(name, setting, texts) {
  const { markdownDescription = "", markdownEnumDescriptions } = setting;
  const text = (key) => texts[key.replaceAll("%", "")];
  const note = named.includes(name.split(".")[0])
    ? " Counts only in a file that is named with --config."
    : "";
  const kept = Object.entries(setting).filter(([key]) => !editorsOwn.includes(key));
  return {
    description: `${text(markdownDescription)}${note}`,
    ...(markdownEnumDescriptions === undefined
      ? {}
      : { markdownEnumDescriptions: markdownEnumDescriptions.map(text) }),
    ...withTexts(Object.fromEntries(kept), texts),
  };
}

/** With the manifest's texts in place of their names. A code's default differs between editor and command line. */
function withTexts({ properties, ...setting }, texts) {
  if (properties === undefined) return setting;
  const described = Object.entries(properties).map(([name, each]) => {
    const description = texts[each.description.replaceAll("%", "")];
    return [name, { type: each.type, enum: each.enum, description }];
  });
  return { ...setting, properties: Object.fromEntries(described) };
}
